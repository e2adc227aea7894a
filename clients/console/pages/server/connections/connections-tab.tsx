import { Button, Group, Stack, Text } from '@mantine/core';
import { IconPlugConnected } from '@tabler/icons-react';
import { showDone, showFaults, useChange } from '../../../api/use-change.ts';
import { usePages } from '../../../api/use-pages.ts';
import { useRead } from '../../../api/use-read.ts';
import { useViewer, type Viewer } from '../../../api/viewer.ts';
import {
  ConnectionRevokeDocument,
  ServerConnectionsDocument,
  ServerConnectionSubjectDocument,
  ServerConnectionTestDocument,
  type ServerConnectionsQuery,
} from '../../../generated/graphql.ts';
import { confirmLoss } from '../../../parts/confirm.tsx';
import { ConnectionBadge } from '../../../parts/connection-badge.tsx';
import { DataTable, type Column } from '../../../parts/data-table.tsx';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { Failure } from '../../../parts/failure.tsx';
import { ListSkeleton } from '../../../parts/page-skeleton.tsx';
import { TimeAgo } from '../../../parts/time-ago.tsx';
import { texts } from '../../../texts/server.ts';
import type { ServerView } from '../server-view.ts';
import { ConnectForm } from './connect-form.tsx';

type Connection = NonNullable<ServerConnectionsQuery['mcpServer']>['connections']['nodes'][number];

/** The credentials that the server is called with. */
export function ConnectionsTab({ server }: { server: ServerView }) {
  const viewer = useViewer();
  const list = usePages(ServerConnectionsDocument, { serverId: server.id }, (data) => data.mcpServer?.connections);
  if (server.authentication === 'NONE')
    return <EmptyState icon={IconPlugConnected} title={texts.connectionsEmptyTitle} text={texts.connectionsNone} />;
  return (
    <Stack gap="md">
      <Text c="dimmed">{texts.connectionsLead[server.granularity]}</Text>
      <ConnectForm server={server} />
      {list.error !== undefined && <Failure error={list.error} />}
      {list.items.length === 0 && list.isLoading && <ListSkeleton rows={3} />}
      {list.items.length === 0 && list.isComplete && (
        <EmptyState icon={IconPlugConnected} title={texts.connectionsEmptyTitle} text={texts.connectionsEmpty} />
      )}
      {list.items.length > 0 && (
        <DataTable label={texts.tabs.connections} rows={list.items} columns={toColumns(viewer)} toKey={({ id }) => id} onShow={list.show} />
      )}
    </Stack>
  );
}

function toColumns(viewer: Viewer): readonly Column<Connection>[] {
  return [
    { name: texts.subject, width: '2fr', render: ({ subjectId }) => <Subject id={subjectId} /> },
    {
      name: texts.state,
      width: '1.4fr',
      narrowWidth: '120px',
      render: ({ state, reason }) => <ConnectionBadge state={state} reason={reason} />,
    },
    {
      name: texts.connectedBy,
      width: '1.6fr',
      isSecondary: true,
      render: ({ connectedBy, updatedAt }) => (
        <Text size="sm" truncate>
          {connectedBy != null && `${connectedBy.name}, `}
          <TimeAgo at={updatedAt} />
        </Text>
      ),
    },
    {
      name: texts.actions,
      width: '2fr',
      isBelow: true,
      render: (connection) => <Actions connection={connection} mayWrite={mayWrite(viewer, connection)} />,
    },
  ];
}

function mayWrite(viewer: Viewer, { subjectKind, subjectId }: Connection): boolean {
  return viewer.isAdmin || subjectId === viewer.user.id || (subjectKind === 'WORKSPACE' && viewer.manages(subjectId));
}

/** Whose credential it is, by name. */
function Subject({ id }: { id: string }) {
  const name = useSubjectName(id);
  return (
    <Text size="sm" fw={600} truncate>
      {name ?? '…'}
    </Text>
  );
}

function useSubjectName(id: string): string | undefined {
  const { data } = useRead(ServerConnectionSubjectDocument, { id });
  return findName(data?.node ?? {});
}

function findName(node: { id?: string; organizationName?: string; workspaceName?: string; userName?: string }): string | undefined {
  return node.organizationName ?? node.workspaceName ?? node.userName;
}

function Actions({ connection, mayWrite: isOffered }: { connection: Connection; mayWrite: boolean }) {
  const test = useChange(ServerConnectionTestDocument);
  const revoke = useChange(ConnectionRevokeDocument);
  const name = useSubjectName(connection.subjectId);
  if (!isOffered) return null;
  const tryIt = async () => {
    const outcome = await test.run({ id: connection.id });
    if (!outcome.ok) return;
    const { isAccepted, message } = outcome.payload;
    if (isAccepted) showDone(message ?? texts.testAccepted);
    else showFaults([{ code: 'INVALID', message: message ?? texts.testRefused }]);
  };
  const disconnect = async () => {
    if ((await revoke.run({ id: connection.id })).ok) showDone(texts.revoked);
  };
  return (
    <Group gap={4} wrap="nowrap">
      <Button size="compact-sm" variant="default" loading={test.isRunning} onClick={() => void tryIt()}>
        {texts.test}
      </Button>
      <Button
        size="compact-sm"
        variant="subtle"
        color="red"
        onClick={() =>
          confirmLoss({
            title: texts.revokeTitle(name ?? texts.subjectUnknown),
            text: texts.revokeText,
            action: texts.revoke,
            onConfirm: () => void disconnect(),
          })
        }
      >
        {texts.revoke}
      </Button>
    </Group>
  );
}
