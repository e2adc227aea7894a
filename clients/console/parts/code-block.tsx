import { Button, Code, CopyButton, Group, Paper, Text } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { texts } from '../texts/shell.ts';

/** Several lines that people take elsewhere, and where they belong. */
export function CodeBlock({ title, text }: { title: string; text: string }) {
  return (
    <Paper withBorder radius="md" role="group" aria-label={title}>
      <Group justify="space-between" px="sm" py={6} gap="xs" wrap="nowrap">
        <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
          {title}
        </Text>
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button
              size="compact-sm"
              variant="light"
              color={copied ? 'green' : undefined}
              leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
              onClick={copy}
            >
              {copied ? texts.copied : texts.copy}
            </Button>
          )}
        </CopyButton>
      </Group>
      <Code block p="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', borderTopLeftRadius: 0, borderTopRightRadius: 0 }}>
        {text}
      </Code>
    </Paper>
  );
}
