import { Button, Group } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useChange } from '../api/use-change.ts';
import { ConnectionAuthorizeDocument, type ConnectionOfQuery } from '../generated/graphql.ts';
import { texts } from '../texts/credential.ts';
import { CredentialForm, type ConnectableServer } from './credential-form.tsx';

type Connection = NonNullable<ConnectionOfQuery['connectionBySubject']>;

interface CredentialProps {
  readonly server: ConnectableServer;
  /** Whose credential it is: an organization, a workspace or a person. */
  readonly subjectId: string;
  readonly connection: Connection | null | undefined;
  /** Where consent at the upstream leads back to. */
  readonly returnTo: string;
  /** What else can be done with it; shown while it is not being replaced. */
  readonly children?: ReactNode;
}

/** Gives a server a credential, or puts another one in its place: by consent where it wants OAuth, else by what is entered. */
export function Credential({ server, subjectId, connection, returnTo, children }: CredentialProps) {
  const [isReplacing, setIsReplacing] = useState(false);
  if (server.authentication === 'NONE') return null;
  if (server.authentication === 'OAUTH') {
    return (
      <Group gap="sm">
        <ConsentButton server={server} subjectId={subjectId} returnTo={returnTo} state={connection?.state} />
        {children}
      </Group>
    );
  }
  if (connection == null) return <CredentialForm server={server} subjectId={subjectId} />;
  if (isReplacing) return <CredentialForm server={server} subjectId={subjectId} stored={connection} onDone={() => setIsReplacing(false)} />;
  return (
    <Group gap="sm">
      <Button variant={connection.state === 'CONNECTED' ? 'default' : 'filled'} size="compact-sm" onClick={() => setIsReplacing(true)}>
        {texts.replaceStart}
      </Button>
      {children}
    </Group>
  );
}

interface ConsentButtonProps extends Pick<CredentialProps, 'server' | 'subjectId' | 'returnTo'> {
  readonly state: Connection['state'] | undefined;
}

function ConsentButton({ server, subjectId, returnTo, state }: ConsentButtonProps) {
  const authorize = useChange(ConnectionAuthorizeDocument);
  const isQuiet = state === 'CONNECTED';
  const start = async () => {
    const started = await authorize.run({ mcpServerId: server.id, subjectId, returnTo });
    if (started.ok && started.payload.authorizationUrl != null) location.assign(started.payload.authorizationUrl);
  };
  return (
    <Button
      variant={isQuiet ? 'default' : 'filled'}
      size={isQuiet ? 'compact-sm' : 'sm'}
      loading={authorize.isRunning}
      onClick={() => void start()}
    >
      {state === undefined ? texts.connect : texts.reconnect}
    </Button>
  );
}
