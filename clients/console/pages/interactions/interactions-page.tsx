import { Badge, Group, Stack, Text, UnstyledButton } from '@mantine/core';
import { IconActivity, IconSearch } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useLive } from '../../api/live.ts';
import { refreshAll } from '../../api/refresh.ts';
import { usePages } from '../../api/use-pages.ts';
import { useRead } from '../../api/use-read.ts';
import { useViewer } from '../../api/viewer.ts';
import { InteractionsCountDocument, InteractionsDocument, InteractionsLiveDocument } from '../../generated/graphql.ts';
import { DataTable, type Column } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Failure } from '../../parts/failure.tsx';
import { outcomeColors } from '../../parts/outcome-colors.ts';
import { PageHeader } from '../../parts/page-header.tsx';
import { ListSkeleton } from '../../parts/page-skeleton.tsx';
import { TimeAgo } from '../../parts/time-ago.tsx';
import { texts } from '../../texts/interactions.ts';
import { words } from '../../texts/words.ts';
import { InteractionDrawer } from './interaction-drawer.tsx';
import { InteractionFilters } from './interaction-filters.tsx';
import { toFilter, toTitle, type Interaction } from './interaction.ts';
import type { InteractionsSearch } from './interactions-search.ts';

const route = getRouteApi('/interactions');

/** So many of the newest are kept while one follows. The others are in the list when it is read again. */
const MAX_LIVE = 500;

/** The log of calls, newest first. */
export function InteractionsPage() {
  const { organizationId } = useViewer();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const filter = toFilter(search);
  const list = usePages(InteractionsDocument, { organizationId, filter }, (data) => data.interactions);
  const { data: counted } = useRead(InteractionsCountDocument, { organizationId, filter });
  const filterKey = JSON.stringify(filter);
  const [followed, setFollowed] = useState<Followed>({ filterKey, items: [] });
  const rows = useMemo(
    () => (search.live === true && followed.filterKey === filterKey ? join(followed.items, list.items) : list.items),
    [search.live, followed, filterKey, list.items],
  );
  const show = (change: InteractionsSearch) => void navigate({ search: { ...search, shown: undefined, ...change }, replace: true });
  const columns = useMemo(() => toColumns((shown) => void navigate({ search: { ...search, shown } })), [navigate, search]);
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  const count = counted?.interactionCount;
  return (
    <>
      <PageHeader title={texts.title} lead={texts.lead}>
        {count !== undefined && <Text c="dimmed">{texts.count(count.count, count.isExact)}</Text>}
      </PageHeader>
      <InteractionFilters search={search} isFiltered={isFiltered} onChange={show} />
      {search.live === true && (
        <LiveTail
          key={filterKey}
          variables={{ organizationId, filter }}
          onInteraction={(interaction) =>
            setFollowed(({ filterKey: known, items }) => ({
              filterKey,
              items: [interaction, ...(known === filterKey ? items : [])].slice(0, MAX_LIVE),
            }))
          }
        />
      )}
      {list.error !== undefined && <Failure error={list.error} />}
      {rows.length > 0 && <DataTable label={texts.title} columns={columns} rows={rows} toKey={({ id }) => id} onShow={list.show} />}
      {rows.length === 0 && list.isLoading && <ListSkeleton />}
      {rows.length === 0 && list.isComplete && isFiltered && (
        <EmptyState icon={IconSearch} title={texts.nothingTitle} text={texts.nothing} />
      )}
      {rows.length === 0 && list.isComplete && !isFiltered && (
        <EmptyState icon={IconActivity} title={texts.emptyTitle} text={texts.empty} />
      )}
      <InteractionDrawer id={search.shown} onClose={() => void navigate({ search: { ...search, shown: undefined } })} onFilter={show} />
    </>
  );
}

interface Followed {
  readonly filterKey: string;
  readonly items: readonly Interaction[];
}

function LiveTail(props: {
  variables: { organizationId: string; filter: ReturnType<typeof toFilter> };
  onInteraction: (interaction: Interaction) => void;
}) {
  useLive(InteractionsLiveDocument, props.variables, {
    onData: ({ interactionAdded }) => props.onInteraction(interactionAdded),
    onStart: refreshAll,
    onGap: refreshAll,
  });
  return null;
}

/** What was followed may be in the list that was read meanwhile. */
function join(followed: readonly Interaction[], listed: readonly Interaction[]): readonly Interaction[] {
  const known = new Set(listed.map(({ id }) => id));
  return [...followed.filter(({ id }) => !known.has(id)), ...listed];
}

function toColumns(onOpen: (id: string) => void): readonly Column<Interaction>[] {
  return [
    {
      name: texts.when,
      width: '1fr',
      narrowWidth: '92px',
      render: ({ occurredAt }) => (
        <Text size="sm" component="div">
          <TimeAgo at={occurredAt} />
        </Text>
      ),
    },
    {
      name: texts.what,
      width: '2fr',
      render: (interaction) => (
        <UnstyledButton onClick={() => onOpen(interaction.id)} maw="100%">
          <Stack gap={0}>
            <Text size="sm" fw={600} c="var(--mantine-color-anchor)" truncate>
              {toTitle(interaction)}
            </Text>
            <Text size="xs" c="dimmed" truncate>
              {interaction.capabilityName ?? interaction.reason}
            </Text>
          </Stack>
        </UnstyledButton>
      ),
    },
    { name: texts.server, width: '1.2fr', isSecondary: true, render: (interaction) => <Where {...interaction} /> },
    { name: texts.who, width: '1.4fr', isSecondary: true, render: (interaction) => <Who {...interaction} /> },
    { name: texts.outcome, width: '1.2fr', narrowWidth: '104px', render: (interaction) => <OutcomeBadge {...interaction} /> },
    { name: texts.time, width: '0.7fr', isSecondary: true, render: ({ totalMs }) => <Text size="sm">{words.duration(totalMs)}</Text> },
  ];
}

function Where({ mcpServer, workspace }: Interaction) {
  return (
    <Stack gap={0}>
      <Text size="sm" truncate>
        {mcpServer?.name ?? texts.none}
      </Text>
      <Text size="xs" c="dimmed" truncate>
        {workspace?.name}
      </Text>
    </Stack>
  );
}

function Who({ user, clientName, clientVersion }: Interaction) {
  return (
    <Stack gap={0}>
      <Text size="sm" truncate>
        {user?.name ?? texts.none}
      </Text>
      <Text size="xs" c="dimmed" truncate>
        {[clientName, clientVersion].filter((part) => part != null).join(' ')}
      </Text>
    </Stack>
  );
}

function OutcomeBadge({ outcome, reason, errorReason }: Interaction) {
  return (
    <Group gap={4} wrap="nowrap">
      <Badge variant="light" color={outcomeColors[outcome]} tt="none" title={reason ?? errorReason ?? undefined}>
        {texts.outcomes[outcome]}
      </Badge>
    </Group>
  );
}
