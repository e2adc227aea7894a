import { Badge, Button, Group, Stack, Text, Tooltip } from '@mantine/core';
import { IconPlugConnected } from '@tabler/icons-react';
import { showDone, showFaults, useChange } from '../../../api/use-change.ts';
import { usePages } from '../../../api/use-pages.ts';
import { useRead } from '../../../api/use-read.ts';
import { useViewer, type Viewer } from '../../../api/viewer.ts';
import {
  ServerConnectionRevokeDocument,
  ServerConnectionsDocument,
  ServerConnectionSubjectDocument,
  ServerConnectionTestDocument,
  type ConnectionState,
  type ServerConnectionsQuery,
} from '../../../generated/graphql.ts';
import { confirmLoss } from '../../../parts/confirm.tsx';
import { DataTable, type Column } from '../../../parts/data-table.tsx';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { Failure } from '../../../parts/failure.tsx';
import { ListSkeleton } from '../../../parts/page-skeleton.tsx';
import { TimeAgo } from '../../../parts/time-ago.tsx';
import { texts } from '../../../texts/server.ts';
import { words } from '../../../texts/words.ts';
import type { ServerView } from '../server-view.ts';
import { ConnectForm } from './connect-form.tsx';

type Connection = NonNullable<ServerConnectionsQuery['mcpServer']>['connections']['nodes'][number];

const COLORS: Readonly<Record<ConnectionState, string>> = {
  CONNECTED: 'green',
  EXPIRING: 'yellow',
  NEEDS_AUTHORIZATION: 'orange',
  ERROR: 'red',
};

/** The credentials that the server is called with. */
export function ConnectionsTab({ server }: { server: ServerView }) {
  const viewer = useViewer();
  const list = usePages(ServerConnectionsDocument, { serverId: server.id }, (data) => data.mcpServer?.connections);
  if (server.authentication === 'NONE')
    return <EmptyState icon={IconPlugConnected} title={texts.connectionsEmptyTitle} text={texts.connectionsNone} />;
  return (
    <Stack gap="md">
      <Text c="dimmed">{texts.connectionsLead[server.granularity]}</Text>
      <ConnectForm server={server} connected={list.items.map(({ subjectId }) => subjectId)} />
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
      render: ({ state, reason }) => (
        <Tooltip label={reason} disabled={reason == null} maw={360}>
          <Badge variant="light" color={COLORS[state]} tt="none">
            {words.connection[state]}
          </Badge>
        </Tooltip>
      ),
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
      render: (connection) => <Actions connection={connection} mayWrite={mayWrite(viewer, connection)} />,
    },
  ];
}

function mayWrite(viewer: Viewer, { subjectKind, subjectId }: Connection): boolean {
  return viewer.isAdmin || subjectId === viewer.user.id || (subjectKind === 'WORKSPACE' && viewer.manages(subjectId));
}

/** Whose credential it is, by name. */
function Subject({ id }: { id: string }) {
  const { data } = useRead(ServerConnectionSubjectDocument, { id });
  const name = findName(data?.node ?? {});
  return (
    <Text size="sm" fw={600} truncate>
      {name ?? '…'}
    </Text>
  );
}

function findName(node: { id?: string; organizationName?: string; workspaceName?: string; userName?: string }): string | undefined {
  return node.organizationName ?? node.workspaceName ?? node.userName;
}

function Actions({ connection, mayWrite: isOffered }: { connection: Connection; mayWrite: boolean }) {
  const test = useChange(ServerConnectionTestDocument);
  const revoke = useChange(ServerConnectionRevokeDocument);
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
    <Group gap={4} justify="flex-end" wrap="nowrap">
      <Button size="compact-sm" variant="default" loading={test.isRunning} onClick={() => void tryIt()}>
        {texts.test}
      </Button>
      <Button
        size="compact-sm"
        variant="subtle"
        color="red"
        onClick={() =>
          confirmLoss({ title: texts.revokeTitle, text: texts.revokeText, action: texts.revoke, onConfirm: () => void disconnect() })
        }
      >
        {texts.revoke}
      </Button>
    </Group>
  );
}
