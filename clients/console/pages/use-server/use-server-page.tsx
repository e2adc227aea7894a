import { Alert, Anchor, Group, Stack, Tabs, Text } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useEffect, useEffectEvent } from 'react';
import { showDone, showFaults } from '../../api/use-change.ts';
import { useRead } from '../../api/use-read.ts';
import { useViewer } from '../../api/viewer.ts';
import { UseServerDocument, UseServerGrantDocument, type UseServerQuery } from '../../generated/graphql.ts';
import { CopyText } from '../../parts/copy-text.tsx';
import { EnforcementBadge } from '../../parts/enforcement-badge.tsx';
import { Failure } from '../../parts/failure.tsx';
import { HealthBadge } from '../../parts/health-badge.tsx';
import { MissingPage } from '../../parts/missing-page.tsx';
import { OwnConnection } from '../../parts/own-connection.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { PageSkeleton } from '../../parts/page-skeleton.tsx';
import { ServerIcon } from '../../parts/server-icon.tsx';
import { isUsable } from '../../parts/usable-grant.ts';
import { texts as own } from '../../texts/own-connection.ts';
import { texts } from '../../texts/use-server.ts';
import { ClientSetup } from './client-setup.tsx';
import { TryTool } from './try/try-tool.tsx';

type Server = NonNullable<UseServerQuery['mcpServerBySlug']>;
type Workspace = NonNullable<UseServerQuery['workspaceBySlug']>;

const route = getRouteApi('/my-servers/$workspace/$server');

/** How a person uses one server of one workspace. */
export function UseServerPage() {
  const params = route.useParams();
  const { organizationId, user } = useViewer();
  const { data, error, isLoading, refresh } = useRead(UseServerDocument, { organizationId, ...params });
  const [workspace, server] = [data?.workspaceBySlug, data?.mcpServerBySlug];
  const ids = { workspaceId: workspace?.id ?? '', serverId: server?.id ?? '' };
  const granted = useRead(UseServerGrantDocument, ids, { isPaused: workspace == null || server == null });
  if (isLoading || (workspace != null && workspace.slug !== params.workspace) || (server != null && server.slug !== params.server))
    return <PageSkeleton />;
  const failed = error ?? granted.error;
  if (failed !== undefined) return <Failure error={failed} onRetry={refresh} />;
  if (workspace == null || server == null) return <MissingPage />;
  if (granted.isLoading) return <PageSkeleton />;
  const grant = granted.data?.accessGrantByServer;
  if (grant == null || !isUsable(grant, user.id)) return <MissingPage />;
  return <UseServer key={grant.id} workspace={workspace} server={server} url={grant.url} />;
}

function UseServer({ workspace, server, url }: { workspace: Workspace; server: Server; url: string }) {
  useReturn();
  return (
    <>
      <Anchor component={Link} to="/my-servers" size="sm">
        {texts.back}
      </Anchor>
      <PageHeader
        title={server.name}
        icon={<ServerIcon name={server.name} src={server.iconPath} size={36} />}
        lead={
          <Group gap="xs">
            <Text>{texts.lead(workspace.name)}</Text>
            <HealthBadge {...server} />
            <EnforcementBadge subject={server.id} />
          </Group>
        }
      />
      <Stack gap="lg">
        {(server.isLockedDown || workspace.isLockedDown) && (
          <Alert color="red" icon={<IconLock />} title={server.isLockedDown ? texts.serverStopped : texts.workspaceStopped(workspace.name)}>
            {texts.stopped}
          </Alert>
        )}
        {server.description != null && server.description !== '' && <Text maw={720}>{server.description}</Text>}
        <Group gap="xs">
          <Text fw={600}>{texts.url}</Text>
          <CopyText text={url} />
        </Group>
        {server.granularity === 'USER' && server.authentication !== 'NONE' && (
          <OwnConnection server={server} returnTo={`/console/my-servers/${workspace.slug}/${server.slug}`} />
        )}
        <Parts workspace={workspace} server={server} url={url} />
      </Stack>
    </>
  );
}

function Parts({ workspace, server, url }: { workspace: Workspace; server: Server; url: string }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const tab = search.tab ?? 'setup';
  return (
    <Tabs
      variant="pills"
      value={tab}
      keepMounted={false}
      onChange={(next) => void navigate({ search: { ...search, tab: next === 'try' ? next : undefined } })}
    >
      <Tabs.List mb="md">
        <Tabs.Tab value="setup">{texts.setUp}</Tabs.Tab>
        <Tabs.Tab value="try">{texts.tryTool}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="setup">
        <ClientSetup workspaceId={workspace.id} server={server} url={url} />
      </Tabs.Panel>
      <Tabs.Panel value="try">
        <TryTool workspaceId={workspace.id} url={url} />
      </Tabs.Panel>
    </Tabs>
  );
}

/** Says how consent went when the upstream sent the person back here, once. */
function useReturn(): void {
  const { upstream, error } = route.useSearch();
  const navigate = route.useNavigate();
  const forget = useEffectEvent(() => void navigate({ search: ({ client, with: access }) => ({ client, with: access }), replace: true }));
  useEffect(() => {
    if (upstream === undefined) return;
    if (upstream === 'connected') showDone(own.connected);
    else showFaults([{ code: 'INVALID', message: error ?? (upstream === 'denied' ? own.denied : own.failed) }]);
    forget();
  }, [upstream, error]);
}
