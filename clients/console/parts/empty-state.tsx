import { Group, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import type { IconServer2 } from '@tabler/icons-react';
import type { ReactNode } from 'react';

/** In place of a list without items: what would be here, why one would want it, and the first step. */
export function EmptyState(props: { icon: typeof IconServer2; title: string; text: string; children?: ReactNode }) {
  const { icon: Icon, title, text, children } = props;
  return (
    <Stack align="center" gap="sm" py={48} px="md" ta="center">
      <ThemeIcon variant="light" size={56} radius="xl">
        <Icon size={30} stroke={1.6} />
      </ThemeIcon>
      <Title order={2} size="h4">
        {title}
      </Title>
      <Text c="dimmed" maw={460}>
        {text}
      </Text>
      {children !== undefined && <Group mt="xs">{children}</Group>}
    </Stack>
  );
}
