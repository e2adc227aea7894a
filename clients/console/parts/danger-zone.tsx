import { Button, Group, Paper, Text, Title } from '@mantine/core';
import { confirmLoss } from './confirm.tsx';

interface DangerZoneProps {
  readonly title: string;
  readonly text: string;
  /** What the button says, and the one that confirms it. */
  readonly action: string;
  readonly question: string;
  readonly loss: string;
  readonly onConfirm: () => void;
}

/** The place at the end of a page where something is deleted. */
export function DangerZone({ title, text, action, question, loss, onConfirm }: DangerZoneProps) {
  return (
    <Paper withBorder p="md">
      <Group justify="space-between">
        <div>
          <Title order={2} size="h5">
            {title}
          </Title>
          <Text size="sm" c="dimmed">
            {text}
          </Text>
        </div>
        <Button color="red" variant="outline" onClick={() => confirmLoss({ title: question, text: loss, action, onConfirm })}>
          {action}
        </Button>
      </Group>
    </Paper>
  );
}
