import { ActionIcon, Button, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { newIdempotencyKey } from '../api/idempotency-key.ts';
import { showDone, useChange } from '../api/use-change.ts';
import { useViewer } from '../api/viewer.ts';
import { OwnConnectionCreateDocument, type ConnectionCreateInput, type McpAuthentication } from '../generated/graphql.ts';
import { texts } from '../texts/own-connection.ts';

/** A server that a person can connect an account of theirs to. */
export interface ConnectableServer {
  readonly id: string;
  readonly name: string;
  readonly authentication: McpAuthentication;
  /** What it wants to be sent; null where whoever connects knows that. */
  readonly headerNames?: readonly string[] | null;
}

type Credential = Pick<ConnectionCreateInput, 'headers' | 'clientCredentials'>;

/** Takes the values of headers: of those that the server names, or of any. */
export function OwnHeadersForm({ server }: { server: ConnectableServer }) {
  const { save, isRunning } = useCredential(server);
  const names = server.headerNames ?? undefined;
  const form = useForm({ initialValues: { headers: (names ?? ['']).map((name) => ({ name, value: '' })) } });
  const submit = () => save({ headers: form.values.headers.map(({ name, value }) => ({ name: name.trim(), value })) });
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
              required
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
          {texts.secretHint}
        </Text>
        <Group gap="xs">
          <Button type="submit" loading={isRunning}>
            {texts.save}
          </Button>
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

/** Takes a client that the person registered at the server. */
export function OwnClientForm({ server }: { server: ConnectableServer }) {
  const { save, isRunning } = useCredential(server);
  const form = useForm({ initialValues: { clientId: '', clientSecret: '' } });
  const submit = () =>
    save({ clientCredentials: { clientId: form.values.clientId.trim(), clientSecret: form.values.clientSecret, algorithm: 'ES256' } });
  return (
    <form onSubmit={form.onSubmit(() => void submit())} style={{ width: '100%', maxWidth: 460 }}>
      <Stack gap="xs">
        <TextInput label={texts.clientId} required autoComplete="off" {...form.getInputProps('clientId')} />
        <PasswordInput
          label={texts.clientSecret}
          description={texts.secretHint}
          required
          autoComplete="new-password"
          {...form.getInputProps('clientSecret')}
        />
        <Button type="submit" loading={isRunning} style={{ alignSelf: 'flex-start' }}>
          {texts.save}
        </Button>
      </Stack>
    </form>
  );
}

function useCredential(server: ConnectableServer) {
  const { user } = useViewer();
  const create = useChange(OwnConnectionCreateDocument);
  const save = async (credential: Credential): Promise<void> => {
    const input = { mcpServerId: server.id, subjectId: user.id, ...credential };
    if ((await create.run({ input, idempotencyKey: newIdempotencyKey() }, { subject: server.id })).ok) showDone(texts.connected);
  };
  return { save, isRunning: create.isRunning };
}
