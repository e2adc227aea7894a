import { Badge, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { showDone, useChange } from '../api/use-change.ts';
import { useRead } from '../api/use-read.ts';
import { useViewer } from '../api/viewer.ts';
import { ConnectionOfDocument, ConnectionRevokeDocument } from '../generated/graphql.ts';
import { texts } from '../texts/own-connection.ts';
import { confirmLoss } from './confirm.tsx';
import { ConnectionBadge } from './connection-badge.tsx';
import type { ConnectableServer } from './credential-form.tsx';
import { Credential } from './credential.tsx';
import { TimeAgo } from './time-ago.tsx';

type Server = ConnectableServer & { readonly name: string };

/** Whether the person's own account is connected. */
export function OwnConnectionBadge({ serverId }: { serverId: string }) {
  const { data, isLoading } = useOwnConnection(serverId);
  if (isLoading) return null;
  const connection = data?.connectionBySubject;
  if (connection != null) return <ConnectionBadge state={connection.state} reason={connection.reason} />;
  return (
    <Badge variant="light" color="orange" tt="none">
      {texts.none}
    </Badge>
  );
}

/** Connects and disconnects the person's own account at a server. `returnTo` is where consent at the upstream leads back to. */
export function OwnConnection({ server, returnTo }: { server: Server; returnTo: string }) {
  const { user } = useViewer();
  const { data, isLoading } = useOwnConnection(server.id);
  const connection = data?.connectionBySubject;
  return (
    <Paper withBorder p="md" component="section" aria-label={texts.title}>
      <Stack gap="sm" align="flex-start">
        <Group gap="xs">
          <Title order={2} size="h4">
            {texts.title}
          </Title>
          <OwnConnectionBadge serverId={server.id} />
          {connection != null && (
            <Text size="sm" c="dimmed">
              <TimeAgo at={connection.updatedAt} />
            </Text>
          )}
        </Group>
        <Text c="dimmed" size="sm">
          {connection?.reason ?? texts.lead(server.name)}
        </Text>
        {!isLoading && (
          <Credential server={server} subjectId={user.id} connection={connection} returnTo={returnTo}>
            {connection != null && <DisconnectButton id={connection.id} server={server} />}
          </Credential>
        )}
      </Stack>
    </Paper>
  );
}

function useOwnConnection(serverId: string) {
  const { user } = useViewer();
  return useRead(ConnectionOfDocument, { mcpServerId: serverId, subjectId: user.id });
}

function DisconnectButton({ id, server }: { id: string; server: Server }) {
  const revoke = useChange(ConnectionRevokeDocument);
  const disconnect = async () => {
    if ((await revoke.run({ id }, { subject: server.id })).ok) showDone(texts.disconnected);
  };
  return (
    <Button
      variant="subtle"
      color="red"
      size="compact-sm"
      loading={revoke.isRunning}
      onClick={() =>
        confirmLoss({
          title: texts.disconnectTitle(server.name),
          text: texts.disconnectText,
          action: texts.disconnect,
          onConfirm: () => void disconnect(),
        })
      }
    >
      {texts.disconnect}
    </Button>
  );
}
