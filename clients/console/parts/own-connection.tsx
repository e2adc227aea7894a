import { Badge, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { showDone, useChange } from '../api/use-change.ts';
import { useRead } from '../api/use-read.ts';
import { useViewer } from '../api/viewer.ts';
import { OwnConnectionAuthorizeDocument, OwnConnectionDocument, OwnConnectionRevokeDocument } from '../generated/graphql.ts';
import { texts } from '../texts/own-connection.ts';
import { confirmLoss } from './confirm.tsx';
import { ConnectionBadge } from './connection-badge.tsx';
import { OwnClientForm, OwnHeadersForm, type ConnectableServer as Server, type OwnCredential } from './own-credential-forms.tsx';
import { TimeAgo } from './time-ago.tsx';

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
  const { data, isLoading } = useOwnConnection(server.id);
  const connection = data?.connectionBySubject;
  const [isReplacing, setIsReplacing] = useState(false);
  return (
    <Paper withBorder p="md" component="section" aria-label={texts.title}>
      <Stack gap="sm" align="flex-start">
        <Group gap="xs">
          <Title order={2} size="h4">
            {texts.title}
          </Title>
          <OwnConnectionBadge serverId={server.id} />
        </Group>
        <Text c="dimmed" size="sm">
          {connection?.reason ?? texts.lead(server.name)}
        </Text>
        {!isLoading && connection == null && <Connect server={server} returnTo={returnTo} />}
        {connection != null && !isReplacing && (
          <Group gap="sm">
            <Text size="sm">
              <TimeAgo at={connection.updatedAt} />
            </Text>
            {server.authentication === 'OAUTH' && (
              <ConsentButton server={server} returnTo={returnTo} label={texts.reconnect} isQuiet={connection.state === 'CONNECTED'} />
            )}
            {isEntered(server) && (
              <Button variant="default" size="compact-sm" onClick={() => setIsReplacing(true)}>
                {texts.replaceStart}
              </Button>
            )}
            <DisconnectButton id={connection.id} server={server} />
          </Group>
        )}
        {connection != null && isReplacing && <Entry server={server} stored={connection} onDone={() => setIsReplacing(false)} />}
      </Stack>
    </Paper>
  );
}

function useOwnConnection(serverId: string) {
  const { user } = useViewer();
  return useRead(OwnConnectionDocument, { serverId, userId: user.id });
}

function Connect({ server, returnTo }: { server: Server; returnTo: string }) {
  switch (server.authentication) {
    case 'OAUTH':
      return <ConsentButton server={server} returnTo={returnTo} label={texts.connect} isQuiet={false} />;
    case 'CUSTOM_HEADERS':
    case 'CLIENT_CREDENTIALS':
      return <Entry server={server} />;
    case 'NONE':
      return null;
  }
}

/** Whether people enter the credential, and do not give it by consent. */
function isEntered({ authentication }: Server): boolean {
  return authentication === 'CUSTOM_HEADERS' || authentication === 'CLIENT_CREDENTIALS';
}

function Entry(props: { server: Server; stored?: OwnCredential; onDone?: () => void }) {
  return props.server.authentication === 'CUSTOM_HEADERS' ? <OwnHeadersForm {...props} /> : <OwnClientForm {...props} />;
}

interface ConsentButtonProps {
  readonly server: Server;
  readonly returnTo: string;
  readonly label: string;
  readonly isQuiet: boolean;
}

function ConsentButton({ server, returnTo, label, isQuiet }: ConsentButtonProps) {
  const { user } = useViewer();
  const authorize = useChange(OwnConnectionAuthorizeDocument);
  const start = async () => {
    const started = await authorize.run({ serverId: server.id, userId: user.id, returnTo });
    if (started.ok && started.payload.authorizationUrl != null) location.assign(started.payload.authorizationUrl);
  };
  return (
    <Button
      variant={isQuiet ? 'default' : 'filled'}
      size={isQuiet ? 'compact-sm' : 'sm'}
      loading={authorize.isRunning}
      onClick={() => void start()}
    >
      {label}
    </Button>
  );
}

function DisconnectButton({ id, server }: { id: string; server: Server }) {
  const revoke = useChange(OwnConnectionRevokeDocument);
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
