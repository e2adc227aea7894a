import { Button, Group, Paper, Text, Title } from '@mantine/core';

interface DangerZoneProps {
  readonly title: string;
  readonly text: string;
  readonly action: string;
  /** Asks before anything is deleted. */
  readonly onAsk: () => void;
}

/** The place at the end of a page where something is deleted. */
export function DangerZone({ title, text, action, onAsk }: DangerZoneProps) {
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
        <Button color="red" variant="outline" onClick={onAsk}>
          {action}
        </Button>
      </Group>
    </Paper>
  );
}
