import { Anchor, Badge, Code, Divider, Drawer, Group, Stack, Table, Text, Title } from '@mantine/core';
import { texts, toWords } from '../../texts/audit.ts';
import { describeActor, type AuditEvent } from './audit-event.ts';
import type { AuditSearch } from './route.ts';

type AuditChange = AuditEvent['changes'][number];

const COLORS = { CREATED: 'green', UPDATED: 'blue', DELETED: 'red', USED: 'gray' } as const;

/** One event from close by: every value before and after. */
export function AuditDetails(props: { event: AuditEvent | undefined; onClose: () => void; onFilter: (change: AuditSearch) => void }) {
  const { event, onClose, onFilter } = props;
  return (
    <Drawer
      opened={event !== undefined}
      onClose={onClose}
      position="right"
      size="xl"
      title={event === undefined ? undefined : toWords(event.action)}
      closeButtonProps={{ 'aria-label': texts.close }}
    >
      {event !== undefined && <Details event={event} onFilter={onFilter} />}
    </Drawer>
  );
}

function Details({ event, onFilter }: { event: AuditEvent; onFilter: (change: AuditSearch) => void }) {
  const { actor, address, credential, resource, changes, changeCount, createdAt, snapshotRevision } = event;
  const facts = [
    [texts.when, new Date(createdAt).toLocaleString()],
    [texts.who, describeActor(actor)],
    [texts.credential, [texts.credentials[credential.kind], credential.id].filter((part) => part != null).join(' · ')],
    [texts.from, address ?? texts.none],
    [texts.revision, snapshotRevision ?? texts.none],
  ] as const;
  return (
    <Stack>
      <Table variant="vertical">
        <Table.Tbody>
          {facts.map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th w={120}>{name}</Table.Th>
              <Table.Td>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Group>
        <Anchor component="button" onClick={() => onFilter({ resource: resource.id })}>
          {texts.showResource}
        </Anchor>
        {actor.id != null && (
          <Anchor component="button" onClick={() => onFilter({ actor: actor.id ?? undefined })}>
            {texts.showActor}
          </Anchor>
        )}
      </Group>
      {changes.map((change) => (
        <Change key={`${change.resource.kind} ${change.resource.id}`} change={change} />
      ))}
      {changeCount > changes.length && <Text c="dimmed">{texts.more(changeCount - changes.length)}</Text>}
    </Stack>
  );
}

function Change({ change: { kind, resource, fields } }: { change: AuditChange }) {
  return (
    <Stack gap="xs">
      <Divider />
      <Group gap="xs">
        <Badge variant="light" color={COLORS[kind]} tt="none">
          {texts.changes[kind]}
        </Badge>
        <Title order={3} size="h5">
          {toWords(resource.kind)} {resource.name ?? ''}
        </Title>
      </Group>
      <Text size="xs" c="dimmed">
        {resource.id}
      </Text>
      {fields.length === 0 ? (
        <Text c="dimmed">{texts.noFields}</Text>
      ) : (
        <Table.ScrollContainer minWidth={420}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{texts.field}</Table.Th>
                <Table.Th>{texts.before}</Table.Th>
                <Table.Th>{texts.after}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {fields.map(({ name, before, after, isMasked }) => (
                <Table.Tr key={name}>
                  <Table.Td>{name}</Table.Td>
                  <Table.Td>
                    <Value text={before} isMasked={isMasked} />
                  </Table.Td>
                  <Table.Td>
                    <Value text={after} isMasked={isMasked} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Stack>
  );
}

function Value({ text, isMasked }: { text: string | null | undefined; isMasked: boolean }) {
  if (text == null) return texts.none;
  if (isMasked) return <Badge variant="outline">{texts.secret}</Badge>;
  return <Code>{text}</Code>;
}
