import { ActionIcon, Button, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useState, type FormEvent } from 'react';
import { newIdempotencyKey } from '../api/idempotency-key.ts';
import { showDone, useChange } from '../api/use-change.ts';
import { useViewer } from '../api/viewer.ts';
import {
  OwnConnectionCreateDocument,
  OwnConnectionUpdateDocument,
  type ConnectionCreateInput,
  type McpAuthentication,
} from '../generated/graphql.ts';
import { texts } from '../texts/own-connection.ts';
import { ClientFields } from './client-fields.tsx';
import { NO_CLIENT, toClientInput } from './client-values.ts';

/** A server that a person can connect an account of theirs to. */
export interface ConnectableServer {
  readonly id: string;
  readonly name: string;
  readonly authentication: McpAuthentication;
  /** What it wants to be sent; null where whoever connects knows that. */
  readonly headerNames?: readonly string[] | null;
}

type Credential = Pick<ConnectionCreateInput, 'headers' | 'clientCredentials'>;

/** What a person has stored for a server; undefined while there is nothing. */
export interface OwnCredential {
  readonly id: string;
  readonly version: number;
  readonly headers: readonly { readonly name: string }[];
}

interface CredentialFormProps {
  readonly server: ConnectableServer;
  readonly stored?: OwnCredential;
  readonly onDone?: () => void;
}

/** Takes the values of headers: of those that the server names, or of any. What is stored under a name stays where its value is left empty. */
export function OwnHeadersForm({ server, stored, onDone }: CredentialFormProps) {
  const { save, isRunning } = useCredential(server, stored, onDone);
  const known = stored?.headers.map(({ name }) => name) ?? [];
  const names = server.headerNames ?? undefined;
  const first = names ?? (known.length > 0 ? known : ['']);
  const form = useForm({ initialValues: { headers: first.map((name) => ({ name, value: '' })) } });
  const keeps = (name: string) => known.some((each) => each.toLowerCase() === name.trim().toLowerCase());
  const submit = () =>
    save({ headers: form.values.headers.map(({ name, value }) => ({ name: name.trim(), value: value === '' ? null : value })) });
  return (
    <form onSubmit={form.onSubmit(() => void submit())} style={{ width: '100%', maxWidth: 620 }}>
      <Stack gap="xs">
        {form.values.headers.map((header, position) => (
          // The rows have no identity of their own: a row is what stands at its place.
          // eslint-disable-next-line react/no-array-index-key
          <Group key={position} align="flex-end" wrap="nowrap" gap="xs">
            {names === undefined && (
              <TextInput
                flex={1}
                label={texts.headerName}
                required
                autoComplete="off"
                {...form.getInputProps(`headers.${position}.name`)}
              />
            )}
            <PasswordInput
              flex={1}
              label={names === undefined ? texts.headerValue : header.name}
              required={!keeps(header.name)}
              placeholder={keeps(header.name) ? texts.unchanged : undefined}
              autoComplete="new-password"
              {...form.getInputProps(`headers.${position}.value`)}
            />
            {names === undefined && form.values.headers.length > 1 && (
              <ActionIcon
                size="lg"
                variant="subtle"
                color="gray"
                aria-label={texts.removeHeader}
                onClick={() => form.removeListItem('headers', position)}
              >
                <IconTrash size={16} />
              </ActionIcon>
            )}
          </Group>
        ))}
        <Text size="xs" c="dimmed">
          {stored === undefined ? texts.secretHint : texts.keepHint}
        </Text>
        <Group gap="xs">
          <Button type="submit" loading={isRunning}>
            {stored === undefined ? texts.save : texts.replace}
          </Button>
          {onDone !== undefined && (
            <Button variant="default" onClick={onDone}>
              {texts.cancel}
            </Button>
          )}
          {names === undefined && (
            <Button
              variant="subtle"
              leftSection={<IconPlus size={14} />}
              onClick={() => form.insertListItem('headers', { name: '', value: '' })}
            >
              {texts.addHeader}
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}

/** Takes a client that the person registered at the server, as a whole. */
export function OwnClientForm({ server, stored, onDone }: CredentialFormProps) {
  const { save, isRunning } = useCredential(server, stored, onDone);
  const [client, setClient] = useState(NO_CLIENT);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void save({ clientCredentials: toClientInput(client) });
  };
  return (
    <form onSubmit={submit} style={{ width: '100%' }}>
      <Stack gap="xs">
        <ClientFields values={client} onChange={setClient} />
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

/** Stores a credential, or changes the one that is stored. */
function useCredential(server: ConnectableServer, stored: OwnCredential | undefined, onDone: (() => void) | undefined) {
  const { user } = useViewer();
  const create = useChange(OwnConnectionCreateDocument);
  const update = useChange(OwnConnectionUpdateDocument);
  const save = async (credential: Credential): Promise<void> => {
    const outcome =
      stored === undefined
        ? await create.run(
            { input: { mcpServerId: server.id, subjectId: user.id, ...credential }, idempotencyKey: newIdempotencyKey() },
            { subject: server.id },
          )
        : await update.run({ id: stored.id, input: credential, expectedVersion: stored.version }, { subject: server.id });
    if (!outcome.ok) return;
    showDone(stored === undefined ? texts.connected : texts.replaced);
    onDone?.();
  };
  return { save, isRunning: create.isRunning || update.isRunning };
}
