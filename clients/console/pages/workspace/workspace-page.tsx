import { Anchor, Group, Text } from '@mantine/core';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useRead } from '../../api/use-read.ts';
import { useViewer, type Viewer } from '../../api/viewer.ts';
import { WorkspaceDocument, type WorkspaceQuery } from '../../generated/graphql.ts';
import { EnforcementBadge } from '../../parts/enforcement-badge.tsx';
import { Failure } from '../../parts/failure.tsx';
import { LockdownBadge } from '../../parts/lockdown/lockdown-badge.tsx';
import { LockdownButton } from '../../parts/lockdown/lockdown-button.tsx';
import { LockdownNotice } from '../../parts/lockdown/lockdown-notice.tsx';
import type { LockdownSubject } from '../../parts/lockdown/subject.ts';
import { MissingPage } from '../../parts/missing-page.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { PageSkeleton } from '../../parts/page-skeleton.tsx';
import { PageTabs } from '../../parts/page-tabs.tsx';
import { texts } from '../../texts/workspaces.ts';
import { KeysTab } from './keys-tab.tsx';
import { MembersTab } from './members-tab.tsx';
import { ServersTab } from './servers-tab.tsx';
import { SettingsTab } from './settings-tab.tsx';
import { WORKSPACE_TABS, type WorkspaceTab } from './workspace-search.ts';

/** A workspace as its page has read it. */
export type WorkspaceView = NonNullable<WorkspaceQuery['workspaceBySlug']>;

const route = getRouteApi('/workspaces/$slug');

/** Everything about one workspace. */
export function WorkspacePage() {
  const { slug } = route.useParams();
  const { data, error, isLoading, refresh } = useRead(WorkspaceDocument, { slug });
  const workspace = data?.workspaceBySlug;
  if (isLoading || (workspace != null && workspace.slug !== slug)) return <PageSkeleton />;
  if (error !== undefined && workspace == null) return <Failure error={error} onRetry={refresh} />;
  if (workspace == null) return <MissingPage />;
  return <Workspace key={workspace.id} workspace={workspace} />;
}

function Workspace({ workspace }: { workspace: WorkspaceView }) {
  const viewer = useViewer();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const tabs = findTabs(viewer, workspace);
  const tab = tabs.find((name) => name === search.tab) ?? 'members';
  const subject: LockdownSubject = { id: workspace.id, kind: 'WORKSPACE', name: workspace.name };
  return (
    <>
      <Anchor component={Link} to="/workspaces" size="sm">
        {texts.back}
      </Anchor>
      <PageHeader
        title={workspace.name}
        lead={
          <Group gap="xs">
            <Text>{workspace.slug}</Text>
            <LockdownBadge {...workspace} />
            <EnforcementBadge subject={workspace.id} />
          </Group>
        }
      >
        <LockdownButton subject={subject} lockdown={workspace.lockdown} />
      </PageHeader>
      <LockdownNotice subject={subject} />
      <PageTabs tabs={tabs} tab={tab} labels={texts.tabs} onChange={(next) => void navigate({ search: { tab: next } })}>
        <Content tab={tab} workspace={workspace} />
      </PageTabs>
    </>
  );
}

function Content({ tab, workspace }: { tab: WorkspaceTab; workspace: WorkspaceView }) {
  switch (tab) {
    case 'members':
      return <MembersTab workspace={workspace} />;
    case 'servers':
      return <ServersTab workspace={workspace} />;
    case 'keys':
      return <KeysTab workspace={workspace} />;
    case 'settings':
      return <SettingsTab workspace={workspace} />;
  }
}

/** What a person may not see is not there. */
function findTabs(viewer: Viewer, workspace: WorkspaceView): readonly WorkspaceTab[] {
  return WORKSPACE_TABS.filter((tab) => {
    if (tab === 'settings') return viewer.manages(workspace.id);
    if (tab === 'keys') return viewer.isOverseer || viewer.manages(workspace.id);
    return true;
  });
}
