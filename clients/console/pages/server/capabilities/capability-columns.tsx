import { Badge, Button, Group, Switch, Text } from '@mantine/core';
import { useChange } from '../../../api/use-change.ts';
import { ServerCapabilityUpdateDocument, type AccessGrantCapabilityState, type CapabilityRowFragment } from '../../../generated/graphql.ts';
import type { Column } from '../../../parts/data-table.tsx';
import { texts } from '../../../texts/capabilities.ts';
import { words } from '../../../texts/words.ts';

interface ColumnOptions {
  readonly grantId: string;
  readonly mayWrite: boolean;
  readonly onOpen: (id: string) => void;
}

const COLORS: Readonly<Record<AccessGrantCapabilityState, string>> = {
  AVAILABLE: 'green',
  CHANGED: 'orange',
  DISABLED: 'gray',
  GONE: 'gray',
  HELD: 'yellow',
};

export function toCapabilityColumns({ grantId, mayWrite, onOpen }: ColumnOptions): readonly Column<CapabilityRowFragment>[] {
  return [
    {
      name: texts.name,
      width: '3fr',
      render: (row) => (
        <div>
          <Group gap={6}>
            <Text size="sm" fw={600} ff="monospace" truncate>
              {row.name}
            </Text>
            {row.kind !== 'TOOL' && (
              <Badge size="xs" variant="default" tt="none">
                {words.capability[row.kind]}
              </Badge>
            )}
            <Hints row={row} />
          </Group>
          <Text size="xs" c="dimmed" truncate>
            {row.description ?? row.title}
          </Text>
        </div>
      ),
    },
    {
      name: texts.state,
      width: '90px',
      isSecondary: true,
      render: ({ state }) => (
        <Badge variant="light" color={COLORS[state]} tt="none">
          {texts.states[state]}
        </Badge>
      ),
    },
    { name: texts.use, width: '60px', render: (row) => <OnSwitch row={row} grantId={grantId} mayWrite={mayWrite} /> },
    {
      name: texts.open,
      width: '100px',
      render: ({ id, name, state }) => {
        const isWaiting = state === 'HELD' || state === 'CHANGED';
        return (
          <Button
            size="compact-sm"
            variant={isWaiting ? 'filled' : 'default'}
            onClick={() => onOpen(id)}
            aria-label={`${isWaiting ? texts.review : texts.open}: ${name}`}
          >
            {isWaiting ? texts.review : texts.open}
          </Button>
        );
      },
    },
  ];
}

/** What the server says of the tool; destroying in red, because it is what people look for. */
export function Hints({ row }: { row: CapabilityRowFragment }) {
  const { annotations } = row.capability;
  const shown = (['readOnlyHint', 'destructiveHint', 'openWorldHint'] as const).filter((hint) => annotations[hint] === true);
  return shown.map((hint) => (
    <Badge key={hint} size="xs" variant="light" tt="none" color={hint === 'destructiveHint' ? 'red' : 'gray'} title={texts.hintsNote}>
      {texts.hints[hint]}
    </Badge>
  ));
}

function OnSwitch({ row, grantId, mayWrite }: { row: CapabilityRowFragment; grantId: string; mayWrite: boolean }) {
  const { run, isRunning } = useChange(ServerCapabilityUpdateDocument);
  return (
    <Switch
      checked={row.enabled}
      disabled={!mayWrite || isRunning}
      aria-label={texts.isOn(row.name)}
      onChange={({ currentTarget }) =>
        void run({ id: grantId, input: { capabilityIds: [row.capability.id], enabled: currentTarget.checked } }, { subject: grantId })
      }
    />
  );
}
