import { Anchor, Button, Card, Group, Select, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { IconPlug, IconServer2, IconUsersGroup } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { usePages } from '../../api/use-pages.ts';
import { useRead } from '../../api/use-read.ts';
import { useViewer, type Viewer } from '../../api/viewer.ts';
import { MyServersDocument, MyServersStoppedDocument, type MyServersQuery } from '../../generated/graphql.ts';
import { CopyText } from '../../parts/copy-text.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Failure } from '../../parts/failure.tsx';
import { HealthBadge } from '../../parts/health-badge.tsx';
import { LockdownBadge } from '../../parts/lockdown/lockdown-badge.tsx';
import { OwnConnectionBadge } from '../../parts/own-connection.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { ListSkeleton } from '../../parts/page-skeleton.tsx';
import { ServerIcon } from '../../parts/server-icon.tsx';
import { isUsable } from '../../parts/usable-grant.ts';
import { texts } from '../../texts/my-servers.ts';

type Grant = NonNullable<MyServersQuery['workspace']>['accessGrants']['nodes'][number];
type Workspace = Viewer['workspaces'][number];

/** Workspaces that are shown at once; each one is a request. */
const MAX_SHOWN = 8;

const route = getRouteApi('/my-servers');

/** The servers that the person may use, and the way into a client. */
export function MyServersPage() {
  const { workspaces } = useViewer();
  const { workspace } = route.useSearch();
  const navigate = route.useNavigate();
  const chosen = workspaces.filter(({ slug }) => workspace === undefined || slug === workspace);
  const shown = chosen.slice(0, MAX_SHOWN);
  return (
    <>
      <PageHeader title={texts.title} lead={texts.lead} />
      {workspaces.length === 0 && <EmptyState icon={IconUsersGroup} title={texts.noWorkspaceTitle} text={texts.noWorkspace} />}
      {workspaces.length > 1 && (
        <Select
          mb="md"
          maw={360}
          label={texts.workspace}
          placeholder={texts.allWorkspaces}
          data={workspaces.map(({ slug, name }) => ({ value: slug, label: name }))}
          value={workspace ?? null}
          clearable
          searchable
          onChange={(slug) => void navigate({ search: slug === null ? {} : { workspace: slug } })}
        />
      )}
      {chosen.length > shown.length && (
        <Text c="dimmed" mb="md">
          {texts.onlySome(shown.length, chosen.length)}
        </Text>
      )}
      <Stack gap="xl">
        {shown.map((each) => (
          <WorkspaceServers key={each.id} workspace={each} />
        ))}
      </Stack>
    </>
  );
}

function WorkspaceServers({ workspace }: { workspace: Workspace }) {
  const { user } = useViewer();
  const list = usePages(MyServersDocument, { workspaceId: workspace.id }, (data) => data.workspace?.accessGrants);
  const stopped = useRead(MyServersStoppedDocument, { workspaceId: workspace.id });
  const usable = list.items.filter((grant) => isUsable(grant, user.id));
  return (
    <section aria-label={workspace.name}>
      <Group gap="xs" mb="sm">
        <Title order={2} size="h4">
          {workspace.name}
        </Title>
        <LockdownBadge isLockedDown={stopped.data?.workspace?.isLockedDown ?? false} />
      </Group>
      {list.error !== undefined && <Failure error={list.error} />}
      {usable.length === 0 && list.isLoading && <ListSkeleton rows={2} />}
      {usable.length === 0 && list.isComplete && <EmptyState icon={IconServer2} title={texts.emptyTitle} text={texts.empty} />}
      <SimpleGrid cols={{ base: 1, md: 2, xl: 3 }} spacing="md">
        {usable.map((grant) => (
          <ServerCard key={grant.id} workspace={workspace} grant={grant} />
        ))}
      </SimpleGrid>
      {!list.isComplete && !list.isLoading && (
        <Button mt="md" variant="default" onClick={list.loadMore}>
          {texts.more}
        </Button>
      )}
    </section>
  );
}

function ServerCard({ workspace, grant: { url, mcpServer: server } }: { workspace: Workspace; grant: Grant }) {
  const to = `/my-servers/${workspace.slug}/${server.slug}`;
  return (
    <Card withBorder padding="md">
      <Stack gap="xs" h="100%" justify="space-between">
        <Stack gap={6}>
          <Group justify="space-between" wrap="nowrap" align="flex-start" gap="xs">
            <Group gap="sm" wrap="nowrap" align="flex-start">
              <ServerIcon name={server.name} src={server.iconPath} />
              <Anchor component={Link} to={to} fw={600} style={{ overflowWrap: 'anywhere' }}>
                {server.name}
              </Anchor>
            </Group>
            <HealthBadge {...server} />
          </Group>
          {server.description != null && server.description !== '' && (
            <Text size="sm" c="dimmed" lineClamp={2}>
              {server.description}
            </Text>
          )}
          <CopyText text={url} label={texts.copyUrl(server.name)} />
        </Stack>
        <Group gap="xs" justify="space-between">
          <Button
            component={Link}
            to={to}
            size="compact-sm"
            variant="light"
            leftSection={<IconPlug size={14} />}
            aria-label={texts.setUpOf(server.name)}
          >
            {texts.setUp}
          </Button>
          {server.granularity === 'USER' && server.authentication !== 'NONE' && <OwnConnectionBadge serverId={server.id} />}
        </Group>
      </Stack>
    </Card>
  );
}
