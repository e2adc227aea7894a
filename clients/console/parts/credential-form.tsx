import { Button, Group, Stack } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { newIdempotencyKey } from '../api/idempotency-key.ts';
import { showDone, showProblem, useChange } from '../api/use-change.ts';
import {
  ConnectionCreateDocument,
  ConnectionUpdateDocument,
  type ConnectionState,
  type ConnectionUpdateInput,
  type McpAuthentication,
} from '../generated/graphql.ts';
import { texts } from '../texts/credential.ts';
import { ClientFields } from './client-fields.tsx';
import { NO_CLIENT, toClientInput } from './client-values.ts';
import { HeaderRows, type HeaderRow } from './header-rows.tsx';
import { toHeaderRows, toHeadersInput } from './header-values.ts';
import { UnsavedGuard } from './unsaved-guard.tsx';

/** A server that somebody can connect an account to. */
export interface ConnectableServer {
  readonly id: string;
  readonly authentication: McpAuthentication;
  /** What it wants to be sent; null where whoever connects knows that. */
  readonly headerNames?: readonly string[] | null;
}

/** A credential that is stored already. */
interface StoredCredential {
  readonly id: string;
  readonly version: number;
  readonly headers: readonly { readonly name: string }[];
}

interface CredentialFormProps {
  readonly server: ConnectableServer;
  readonly subjectId: string;
  /** What is replaced in place; absent while there is nothing. */
  readonly stored?: StoredCredential;
  readonly onDone?: () => void;
}

/** Takes header values, or a client with what it proves itself by. Of headers that are stored, those stay that are left empty; a client is replaced as a whole. */
export function CredentialForm({ server, subjectId, stored, onDone }: CredentialFormProps) {
  const names = stored?.headers.map(({ name }) => name) ?? [];
  const [headers, setHeaders] = useState<readonly HeaderRow[]>(() => toHeaderRows(server.headerNames, names));
  const [client, setClient] = useState(NO_CLIENT);
  const [isDirty, setIsDirty] = useState(false);
  const { store, isRunning } = useStore(server, subjectId, stored);
  const isHeaders = server.authentication === 'CUSTOM_HEADERS';
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!(await store(isHeaders ? { headers: toHeadersInput(headers) } : { clientCredentials: toClientInput(client) }))) return;
    setIsDirty(false);
    onDone?.();
  };
  return (
    <form onSubmit={(event) => void submit(event)} onChange={() => setIsDirty(true)} style={{ width: '100%' }}>
      <UnsavedGuard isDirty={isDirty} />
      <Stack gap="sm">
        {isHeaders ? (
          <HeaderRows rows={headers} isNamed={server.headerNames != null} stored={names} onChange={setHeaders} />
        ) : (
          <ClientFields values={client} onChange={setClient} />
        )}
        <Group gap="xs">
          <Button type="submit" loading={isRunning}>
            {stored === undefined ? texts.save : texts.replace}
          </Button>
          {onDone !== undefined && (
            <Button variant="default" onClick={onDone}>
              {texts.cancel}
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}

/** Says what became of a credential that was stored: whether the upstream takes it is another question. */
export function showStored(
  connection: { readonly state: ConnectionState; readonly reason?: string | null } | null | undefined,
  done?: string,
): void {
  const isGood = connection?.state === 'CONNECTED' || connection?.state === 'EXPIRING';
  if (!isGood) showProblem(connection?.reason ?? texts.refused);
  else if (done !== undefined) showDone(done);
}

/** Stores a credential, or changes the one that is stored; false where that was refused. */
function useStore(server: ConnectableServer, subjectId: string, stored: StoredCredential | undefined) {
  const create = useChange(ConnectionCreateDocument);
  const update = useChange(ConnectionUpdateDocument);
  const store = async (credential: ConnectionUpdateInput): Promise<boolean> => {
    const outcome =
      stored === undefined
        ? await create.run(
            { input: { mcpServerId: server.id, subjectId, ...credential }, idempotencyKey: newIdempotencyKey() },
            { subject: server.id },
          )
        : await update.run({ id: stored.id, input: credential, expectedVersion: stored.version }, { subject: server.id });
    if (outcome.ok) showStored(outcome.payload.connection, stored === undefined ? texts.connected : texts.replaced);
    return outcome.ok;
  };
  return { store, isRunning: create.isRunning || update.isRunning };
}
