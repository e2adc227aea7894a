import { Accordion, Button, Group, Paper, Stack, Text } from '@mantine/core';
import { IconUsersGroup } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useChange } from '../../../api/use-change.ts';
import { usePages } from '../../../api/use-pages.ts';
import { useViewer } from '../../../api/viewer.ts';
import { ServerAccessDocument, ServerAccessGrantDocument, type ServerAccessQuery } from '../../../generated/graphql.ts';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { Failure } from '../../../parts/failure.tsx';
import { ListSkeleton } from '../../../parts/page-skeleton.tsx';
import { WorkspacePicker } from '../../../parts/workspace-picker.tsx';
import { texts } from '../../../texts/server.ts';
import type { ServerView } from '../server-view.ts';
import { GrantHeader, GrantPanel } from './grant.tsx';

/** A server made available to a workspace. */
export type Grant = NonNullable<ServerAccessQuery['mcpServer']>['accessGrants']['nodes'][number];

const route = getRouteApi('/servers/$slug');

/** Which workspaces have the server, and who in them may use it. */
export function AccessTab({ server }: { server: ServerView }) {
  const { workspace } = route.useSearch();
  const navigate = route.useNavigate();
  const list = usePages(ServerAccessDocument, { serverId: server.id }, (data) => data.mcpServer?.accessGrants);
  return (
    <Stack gap="md">
      <Text c="dimmed">{texts.accessLead}</Text>
      <AddWorkspaces server={server} given={list.items.map((grant) => grant.workspace.id)} />
      {list.error !== undefined && <Failure error={list.error} />}
      {list.items.length === 0 && list.isLoading && <ListSkeleton rows={3} />}
      {list.items.length === 0 && list.isComplete && (
        <EmptyState icon={IconUsersGroup} title={texts.accessEmptyTitle} text={texts.accessEmpty} />
      )}
      <Accordion
        variant="separated"
        order={2}
        value={workspace ?? null}
        onChange={(slug) => void navigate({ search: { tab: 'access', workspace: slug ?? undefined }, replace: true })}
      >
        {list.items.map((grant) => (
          <Accordion.Item key={grant.id} value={grant.workspace.slug}>
            <GrantHeader grant={grant} />
            <Accordion.Panel>{workspace === grant.workspace.slug && <GrantPanel grant={grant} />}</Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
      {!list.isComplete && list.items.length > 0 && (
        <Button variant="default" loading={list.isLoading} onClick={list.loadMore}>
          {texts.more}
        </Button>
      )}
    </Stack>
  );
}

/** A server that a workspace owns is that workspace's alone. */
function AddWorkspaces({ server, given }: { server: ServerView; given: readonly string[] }) {
  const viewer = useViewer();
  const [ids, setIds] = useState<string[]>([]);
  const { run, isRunning } = useChange(ServerAccessGrantDocument);
  if (server.workspace != null ? given.length > 0 : !viewer.isAdmin && !viewer.isManager) return null;
  const add = async () => {
    for (const workspaceId of ids) await run({ input: { mcpServerId: server.id, workspaceId } }, { subject: server.id });
    setIds([]);
  };
  return (
    <Paper withBorder p="md">
      <Group align="flex-end" gap="sm">
        <div style={{ flex: 1, minWidth: 220 }}>
          <WorkspacePicker
            label={texts.addWorkspace}
            value={ids}
            onChange={(chosen) => setIds(chosen.filter((id) => !given.includes(id)))}
          />
        </div>
        <Button disabled={ids.length === 0} loading={isRunning} onClick={() => void add()}>
          {texts.add}
        </Button>
      </Group>
    </Paper>
  );
}
