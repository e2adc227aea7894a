import { Button, Paper, Select, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { showDone, useChange } from '../../../api/use-change.ts';
import { useViewer, type Viewer } from '../../../api/viewer.ts';
import { ServerConnectionAuthorizeDocument, ServerConnectionCreateDocument } from '../../../generated/graphql.ts';
import { ClientFields } from '../../../parts/client-fields.tsx';
import { NO_CLIENT, toClientInput, type ClientValues } from '../../../parts/client-values.ts';
import { HeaderRows, type HeaderRow } from '../../../parts/header-rows.tsx';
import { texts } from '../../../texts/server.ts';
import type { ServerView } from '../server-view.ts';

interface Credential {
  readonly subjectId: string;
  readonly client: ClientValues;
  readonly headers: readonly HeaderRow[];
}

/** Gives the server a credential: by consent where it wants OAuth, else by what is entered. */
export function ConnectForm({ server, connected }: { server: ServerView; connected: readonly string[] }) {
  const subjects = findSubjects(useViewer(), server);
  const form = useForm<Credential>({ mode: 'controlled', initialValues: toEmpty(server, subjects[0]?.value ?? '') });
  const create = useChange(ServerConnectionCreateDocument);
  const authorize = useChange(ServerConnectionAuthorizeDocument);
  if (subjects.length === 0) return null;
  const { subjectId } = form.values;
  const isOauth = server.authentication === 'OAUTH';
  const giveConsent = async () => {
    const returnTo = `/console/servers/${server.slug}?tab=connections`;
    const started = await authorize.run({ mcpServerId: server.id, subjectId, returnTo });
    if (started.ok && started.payload.authorizationUrl != null) location.assign(started.payload.authorizationUrl);
  };
  const store = async () => {
    const input = { mcpServerId: server.id, subjectId, ...toInput(server, form.values) };
    if (!(await create.run({ input }, { subject: server.id })).ok) return;
    form.reset();
    showDone(texts.connected);
  };
  const isConnected = connected.includes(subjectId);
  return (
    <Paper withBorder p="md" component="form" onSubmit={form.onSubmit(() => void (isOauth ? giveConsent() : store()))}>
      <Stack gap="sm" align="flex-start">
        <Select label={texts.whose} data={subjects} allowDeselect={false} {...form.getInputProps('subjectId')} />
        {server.authentication === 'CLIENT_CREDENTIALS' && (
          <ClientFields values={form.values.client} onChange={(client) => form.setFieldValue('client', client)} />
        )}
        {server.authentication === 'CUSTOM_HEADERS' && (
          <HeaderRows
            rows={form.values.headers}
            isNamed={server.headerNames != null}
            onChange={(headers) => form.setFieldValue('headers', headers)}
          />
        )}
        <Button type="submit" loading={create.isRunning || authorize.isRunning} disabled={!isOauth && isConnected}>
          {isConnected && isOauth ? texts.reconnect : texts.connectFor}
        </Button>
        {!isOauth && isConnected && (
          <Text size="xs" c="dimmed">
            {texts.connectedAlready}
          </Text>
        )}
      </Stack>
    </Paper>
  );
}

function toEmpty({ headerNames }: ServerView, subjectId: string): Credential {
  return { subjectId, client: NO_CLIENT, headers: (headerNames ?? ['']).map((name) => ({ name, value: '' })) };
}

function toInput({ authentication }: ServerView, { client, headers }: Credential) {
  if (authentication === 'CLIENT_CREDENTIALS') return { clientCredentials: toClientInput(client) };
  return { headers: headers.map(({ name, value }) => ({ name: name.trim(), value })) };
}

/** For whom the person may connect the server, by its granularity. */
function findSubjects(viewer: Viewer, server: ServerView): { value: string; label: string }[] {
  switch (server.granularity) {
    case 'ORGANIZATION':
      return viewer.isAdmin ? [{ value: viewer.organizationId, label: viewer.user.organization.name }] : [];
    case 'WORKSPACE':
      return server.accessGrants.nodes
        .filter(({ workspace }) => viewer.manages(workspace.id))
        .map(({ workspace: { id, name } }) => ({ value: id, label: name }));
    case 'USER':
      return [{ value: viewer.user.id, label: `${viewer.user.name} (${texts.you})` }];
  }
}
