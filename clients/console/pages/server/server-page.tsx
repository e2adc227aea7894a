import { Anchor, Button, Group } from '@mantine/core';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useEffect, useEffectEvent } from 'react';
import { showDone, showFaults, useChange } from '../../api/use-change.ts';
import { useRead } from '../../api/use-read.ts';
import { useViewer, type Viewer } from '../../api/viewer.ts';
import { ServerCapabilitiesRefreshDocument, ServerDisableDocument, ServerDocument, ServerEnableDocument } from '../../generated/graphql.ts';
import { EnforcementBadge } from '../../parts/enforcement-badge.tsx';
import { Failure } from '../../parts/failure.tsx';
import { HealthBadge } from '../../parts/health-badge.tsx';
import { LockdownButton } from '../../parts/lockdown/lockdown-button.tsx';
import { LockdownNotice } from '../../parts/lockdown/lockdown-notice.tsx';
import type { LockdownSubject } from '../../parts/lockdown/subject.ts';
import { MissingPage } from '../../parts/missing-page.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { PageSkeleton } from '../../parts/page-skeleton.tsx';
import { PageTabs } from '../../parts/page-tabs.tsx';
import { ServerIcon } from '../../parts/server-icon.tsx';
import { texts } from '../../texts/server.ts';
import { AccessTab } from './access/access-tab.tsx';
import { ActivityTab } from './activity/activity-tab.tsx';
import { CapabilitiesTab } from './capabilities/capabilities-tab.tsx';
import { ConnectionsTab } from './connections/connections-tab.tsx';
import { ExplainTab } from './explain/explain-tab.tsx';
import { OverviewTab } from './overview-tab.tsx';
import { RulesTab } from './rules/rules-tab.tsx';
import { SERVER_TABS, type ServerTab } from './server-search.ts';
import { mayChange, type ServerView } from './server-view.ts';
import { SettingsTab } from './settings/settings-tab.tsx';

const route = getRouteApi('/servers/$slug');

/** Everything about one server. */
export function ServerPage() {
  const { slug } = route.useParams();
  const viewer = useViewer();
  const { data, error, isLoading, refresh } = useRead(ServerDocument, { organizationId: viewer.organizationId, slug });
  const server = data?.mcpServerBySlug;
  if (isLoading || (server != null && server.slug !== slug)) return <PageSkeleton />;
  if (error !== undefined && server == null) return <Failure error={error} onRetry={refresh} />;
  if (server == null) return <MissingPage />;
  return <Server key={server.id} server={server} />;
}

function Server({ server }: { server: ServerView }) {
  const viewer = useViewer();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const tabs = findTabs(viewer, server);
  const tab = tabs.find((name) => name === search.tab) ?? 'overview';
  const waiting = server.accessGrants.nodes.reduce((sum, grant) => sum + grant.waitingCapabilityCount, 0);
  useReturn(server.id);
  const subject: LockdownSubject = { id: server.id, kind: 'MCP_SERVER', name: server.name };
  return (
    <>
      <Anchor component={Link} to="/servers" size="sm">
        {texts.back}
      </Anchor>
      <PageHeader
        title={server.name}
        icon={<ServerIcon name={server.name} src={server.iconPath} size={36} />}
        lead={
          <Group gap="xs">
            <HealthBadge {...server} />
            <EnforcementBadge subject={server.id} />
          </Group>
        }
      >
        {mayChange(viewer, server) && <Power server={server} />}
        <LockdownButton subject={subject} lockdown={server.lockdown} />
      </PageHeader>
      <LockdownNotice subject={subject} />
      <PageTabs
        tabs={tabs}
        tab={tab}
        labels={texts.tabs}
        notes={waiting === 0 ? {} : { tools: texts.waiting(waiting) }}
        onChange={(next) => void navigate({ search: { tab: next } })}
      >
        <Content tab={tab} server={server} />
      </PageTabs>
    </>
  );
}

function Content({ tab, server }: { tab: ServerTab; server: ServerView }) {
  switch (tab) {
    case 'overview':
      return <OverviewTab server={server} />;
    case 'tools':
      return <CapabilitiesTab server={server} />;
    case 'access':
      return <AccessTab server={server} />;
    case 'rules':
      return <RulesTab server={server} />;
    case 'explain':
      return <ExplainTab server={server} />;
    case 'connections':
      return <ConnectionsTab server={server} />;
    case 'activity':
      return <ActivityTab server={server} />;
    case 'settings':
      return <SettingsTab server={server} />;
  }
}

/** What a person may not see is not there. */
function findTabs(viewer: Viewer, server: ServerView): readonly ServerTab[] {
  const oversees = viewer.isOverseer || viewer.isManager;
  return SERVER_TABS.filter((tab) => {
    if (tab === 'overview') return true;
    if (tab === 'settings') return mayChange(viewer, server);
    return oversees;
  });
}

function Power({ server }: { server: ServerView }) {
  const enable = useChange(ServerEnableDocument);
  const disable = useChange(ServerDisableDocument);
  const toggle = async () => {
    const outcome = await (server.enabled ? disable : enable).run({ id: server.id }, { subject: server.id });
    if (outcome.ok) showDone(server.enabled ? texts.turnedOff(server.name) : texts.turnedOn(server.name));
  };
  return (
    <Button variant="default" loading={enable.isRunning || disable.isRunning} onClick={() => void toggle()}>
      {server.enabled ? texts.turnOff : texts.turnOn}
    </Button>
  );
}

/** Says how consent went when the upstream sent the person back here, once. */
function useReturn(serverId: string): void {
  const { upstream, error } = route.useSearch();
  const discover = useChange(ServerCapabilitiesRefreshDocument);
  const onConnected = useEffectEvent(() => {
    showDone(texts.connected);
    void discover.run({ id: serverId }, { isQuiet: true });
  });
  const navigate = route.useNavigate();
  useEffect(() => {
    if (upstream === undefined) return;
    if (upstream === 'connected') onConnected();
    else showFaults([{ code: 'INVALID', message: error ?? (upstream === 'denied' ? texts.denied : texts.failed) }]);
    void navigate({ search: ({ tab }) => ({ tab }), replace: true });
  }, [upstream, error, navigate]);
}
