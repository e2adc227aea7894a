import { Button, Group, Select, Stack, Text, UnstyledButton } from '@mantine/core';
import { IconFilterOff, IconHistory, IconSearch } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { usePages } from '../../api/use-pages.ts';
import { useViewer } from '../../api/viewer.ts';
import { AuditEventsDocument } from '../../generated/graphql.ts';
import { DataTable, type Column } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Failure } from '../../parts/failure.tsx';
import { TimeAgo } from '../../parts/time-ago.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { ListSkeleton } from '../../parts/page-skeleton.tsx';
import { texts, toWords } from '../../texts/audit.ts';
import { AuditDetails } from './audit-details.tsx';
import { describeActor, type AuditEvent } from './audit-event.ts';
import type { AuditSearch } from './route.ts';

const route = getRouteApi('/audit');
const DAY_MS = 86_400_000;

/** Types of objects that people look for. Others are found by the events of one object. */
const KINDS = ['McpServer', 'AccessGrant', 'AccessRule', 'Connection', 'ApiKey', 'User', 'Workspace', 'WorkspaceMember', 'Consent'];

/** Every change and sign-in, newest first. */
export function AuditPage() {
  const { organizationId } = useViewer();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const show = (change: AuditSearch) => void navigate({ search: { ...search, event: undefined, ...change }, replace: true });
  const filter = useFilter(search);
  const list = usePages(AuditEventsDocument, { organizationId, filter }, (data) => data.auditEvents);
  const { event: shownId, ...filters } = search;
  const isFiltered = Object.values(filters).some((value) => value !== undefined);
  const columns = useMemo(() => toColumns((event) => void navigate({ search: { ...search, event } })), [navigate, search]);
  return (
    <>
      <PageHeader title={texts.title} lead={texts.lead} />
      <AuditFilters search={search} isFiltered={isFiltered} onChange={show} />
      {list.error !== undefined && <Failure error={list.error} />}
      {list.items.length > 0 && (
        <DataTable label={texts.title} columns={columns} rows={list.items} toKey={({ id }) => id} onShow={list.show} />
      )}
      {list.items.length === 0 && list.isLoading && <ListSkeleton />}
      {list.items.length === 0 &&
        list.isComplete &&
        (isFiltered ? (
          <EmptyState icon={IconSearch} title={texts.nothingTitle} text={texts.nothing} />
        ) : (
          <EmptyState icon={IconHistory} title={texts.emptyTitle} text={texts.empty} />
        ))}
      <AuditDetails
        event={list.items.find(({ id }) => id === shownId)}
        onClose={() => void navigate({ search: filters })}
        onFilter={(change) => show({ ...change })}
      />
    </>
  );
}

/** The beginning of the period stays the same while the page is shown, or the list would be read again with each rendering. */
function useFilter({ kind, action, resource, actor, days }: AuditSearch) {
  const [openedAtMs] = useState(() => Date.now());
  return useMemo(
    () => ({
      resourceKind: kind,
      actions: action === undefined ? undefined : [action],
      resourceId: resource,
      actorId: actor,
      since: days === undefined ? undefined : new Date(openedAtMs - days * DAY_MS).toISOString(),
    }),
    [kind, action, resource, actor, days, openedAtMs],
  );
}

function AuditFilters(props: { search: AuditSearch; isFiltered: boolean; onChange: (change: AuditSearch) => void }) {
  const { search, isFiltered, onChange } = props;
  return (
    <Group mb="md" gap="sm" align="flex-end">
      <Select
        label={texts.kind}
        data={[{ value: '', label: texts.anyKind }, ...KINDS.map((value) => ({ value, label: toWords(value) }))]}
        value={search.kind ?? ''}
        onChange={(value) => onChange({ kind: value || undefined })}
        allowDeselect={false}
        searchable
      />
      <Select
        label={texts.period}
        data={Object.entries(texts.days).map(([value, label]) => ({ value, label }))}
        value={String(search.days ?? 'all')}
        onChange={(value) => onChange({ days: value === 'all' ? undefined : Number(value) })}
        allowDeselect={false}
      />
      {isFiltered && (
        <Button
          variant="subtle"
          leftSection={<IconFilterOff size={16} />}
          onClick={() => onChange({ kind: undefined, action: undefined, resource: undefined, actor: undefined, days: undefined })}
        >
          {texts.clear}
        </Button>
      )}
      {search.resource !== undefined && <Text c="dimmed">{`${texts.onlyOf}: ${search.resource}`}</Text>}
      {search.actor !== undefined && <Text c="dimmed">{`${texts.onlyBy}: ${search.actor}`}</Text>}
    </Group>
  );
}

function toColumns(onOpen: (id: string) => void): readonly Column<AuditEvent>[] {
  return [
    {
      name: texts.when,
      width: '1fr',
      narrowWidth: '92px',
      render: ({ createdAt }) => (
        <Text size="sm" component="div">
          <TimeAgo at={createdAt} />
        </Text>
      ),
    },
    {
      name: texts.action,
      width: '1.6fr',
      render: ({ id, action }) => (
        <UnstyledButton onClick={() => onOpen(id)} fw={600} fz="sm" c="var(--mantine-color-anchor)">
          {toWords(action)}
        </UnstyledButton>
      ),
    },
    {
      name: texts.what,
      width: '1.8fr',
      render: ({ resource }) => (
        <Stack gap={0}>
          <Text size="sm" truncate>
            {resource.name ?? resource.id}
          </Text>
          <Text size="xs" c="dimmed" truncate>
            {toWords(resource.kind)}
          </Text>
        </Stack>
      ),
    },
    {
      name: texts.who,
      width: '1.6fr',
      isSecondary: true,
      render: ({ actor, address }) => (
        <Stack gap={0}>
          <Text size="sm" truncate>
            {describeActor(actor)}
          </Text>
          {address != null && (
            <Text size="xs" c="dimmed" truncate>
              {address}
            </Text>
          )}
        </Stack>
      ),
    },
    {
      name: texts.revision,
      width: '0.7fr',
      isSecondary: true,
      render: ({ snapshotRevision }) => <Text size="sm">{snapshotRevision ?? texts.none}</Text>,
    },
  ];
}
