import { Anchor, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconPlus, IconSearch, IconServer2 } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { usePages } from '../../api/use-pages.ts';
import { useViewer } from '../../api/viewer.ts';
import { ServersDocument, type ServersQuery } from '../../generated/graphql.ts';
import { DataTable, type Column } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Failure } from '../../parts/failure.tsx';
import { HealthBadge } from '../../parts/health-badge.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { ListSkeleton } from '../../parts/page-skeleton.tsx';
import { ServerIcon } from '../../parts/server-icon.tsx';
import { TrafficGlance } from '../../parts/traffic-glance.tsx';
import { texts } from '../../texts/servers.ts';
import { words } from '../../texts/words.ts';

type Server = NonNullable<ServersQuery['organization']>['mcpServers']['nodes'][number];

const route = getRouteApi('/servers');

/** The servers of the hub that the person sees. */
export function ServersPage() {
  const viewer = useViewer();
  const { find } = route.useSearch();
  const navigate = route.useNavigate();
  const list = usePages(
    ServersDocument,
    { organizationId: viewer.organizationId, nameContains: find ?? null },
    (data) => data.organization?.mcpServers,
  );
  const mayAdd = viewer.isAdmin || viewer.isManager;
  return (
    <>
      <PageHeader title={texts.title} lead={texts.lead}>
        {mayAdd && <AddButton />}
      </PageHeader>
      <TextInput
        mb="md"
        maw={360}
        aria-label={texts.find}
        placeholder={texts.find}
        leftSection={<IconSearch size={16} />}
        value={find ?? ''}
        onChange={({ currentTarget }) => void navigate({ search: { find: currentTarget.value || undefined }, replace: true })}
      />
      {list.error !== undefined && <Failure error={list.error} />}
      {list.items.length > 0 && (
        <DataTable label={texts.title} columns={columns} rows={list.items} toKey={({ id }) => id} onShow={list.show} />
      )}
      {list.items.length === 0 && list.isLoading && <ListSkeleton />}
      {list.items.length === 0 && list.isComplete && find !== undefined && (
        <EmptyState icon={IconSearch} title={texts.nothingFound} text={texts.nothingFoundText} />
      )}
      {list.items.length === 0 && list.isComplete && find === undefined && (
        <EmptyState icon={IconServer2} title={texts.emptyTitle} text={mayAdd ? texts.empty : texts.emptyMember}>
          {mayAdd && <AddButton />}
        </EmptyState>
      )}
    </>
  );
}

function AddButton() {
  return (
    <Button component={Link} to="/servers/new" leftSection={<IconPlus size={16} />}>
      {texts.add}
    </Button>
  );
}

const columns: readonly Column<Server>[] = [
  {
    name: texts.name,
    width: '2.2fr',
    render: ({ slug, name, url, iconPath }) => (
      <Group gap="sm" wrap="nowrap">
        <ServerIcon name={name} src={iconPath} />
        <Stack gap={0} miw={0}>
          <Anchor component={Link} to={`/servers/${slug}`} fw={600} truncate>
            {name}
          </Anchor>
          <Text size="xs" c="dimmed" truncate>
            {url}
          </Text>
        </Stack>
      </Group>
    ),
  },
  {
    name: texts.state,
    width: '1.1fr',
    render: (server) => <HealthBadge {...server} />,
  },
  { name: texts.traffic, width: '1.5fr', isSecondary: true, render: ({ health }) => <TrafficGlance traffic={health.traffic} /> },
  {
    name: texts.workspaces,
    width: '1.4fr',
    isSecondary: true,
    render: ({ accessGrants: { nodes, pageInfo } }) => (
      <Text size="sm" c={nodes.length === 0 ? 'dimmed' : undefined} truncate>
        {texts.workspaceNames(
          nodes.map(({ workspace }) => workspace.name),
          pageInfo.hasNextPage,
        )}
      </Text>
    ),
  },
  {
    name: texts.authentication,
    width: '1.4fr',
    isSecondary: true,
    render: ({ authentication, granularity }) => (
      <Stack gap={0}>
        <Text size="sm" truncate>
          {words.authentication[authentication]}
        </Text>
        {authentication !== 'NONE' && (
          <Text size="xs" c="dimmed" truncate>
            {words.granularity[granularity]}
          </Text>
        )}
      </Stack>
    ),
  },
];
