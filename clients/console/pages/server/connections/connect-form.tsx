import { Button, Group, Paper, PasswordInput, Select, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { showDone, useChange } from '../../../api/use-change.ts';
import { useViewer, type Viewer } from '../../../api/viewer.ts';
import { ServerConnectionAuthorizeDocument, ServerConnectionCreateDocument } from '../../../generated/graphql.ts';
import { texts as addTexts } from '../../../texts/add-server.ts';
import { texts } from '../../../texts/server.ts';
import type { ServerView } from '../server-view.ts';

/** Gives the server a credential: by consent where it wants OAuth, else by what is entered. */
export function ConnectForm({ server, connected }: { server: ServerView; connected: readonly string[] }) {
  const viewer = useViewer();
  const subjects = findSubjects(viewer, server);
  const form = useForm({ mode: 'controlled', initialValues: { subjectId: subjects[0]?.value ?? '', first: '', second: '' } });
  const create = useChange(ServerConnectionCreateDocument);
  const authorize = useChange(ServerConnectionAuthorizeDocument);
  if (subjects.length === 0) return null;
  const isOauth = server.authentication === 'OAUTH';
  const submit = async () => {
    const { subjectId, first, second } = form.values;
    if (isOauth) {
      const started = await authorize.run({
        mcpServerId: server.id,
        subjectId,
        returnTo: `/console/servers/${server.slug}?tab=connections`,
      });
      if (started.ok && started.payload.authorizationUrl != null) location.assign(started.payload.authorizationUrl);
      return;
    }
    const credential =
      server.authentication === 'CUSTOM_HEADERS'
        ? { headers: [{ name: first.trim(), value: second }] }
        : { clientCredentials: { clientId: first.trim(), clientSecret: second } };
    const outcome = await create.run({ input: { mcpServerId: server.id, subjectId, ...credential } }, { subject: server.id });
    if (!outcome.ok) return;
    form.reset();
    showDone(texts.connected);
  };
  const labels =
    server.authentication === 'CUSTOM_HEADERS' ? [addTexts.headerName, addTexts.headerValue] : [addTexts.clientId, addTexts.clientSecret];
  const isConnected = connected.includes(form.values.subjectId);
  return (
    <Paper withBorder p="md" component="form" onSubmit={form.onSubmit(() => void submit())}>
      <Stack gap="sm">
        <Group align="flex-end" gap="sm">
          <Select label={texts.whose} data={subjects} allowDeselect={false} {...form.getInputProps('subjectId')} />
          {!isOauth && <TextInput label={labels[0]} required autoComplete="off" {...form.getInputProps('first')} />}
          {!isOauth && <PasswordInput label={labels[1]} required autoComplete="new-password" miw={220} {...form.getInputProps('second')} />}
          <Button type="submit" loading={create.isRunning || authorize.isRunning} disabled={!isOauth && isConnected}>
            {isConnected && isOauth ? texts.reconnect : texts.connectFor}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
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
