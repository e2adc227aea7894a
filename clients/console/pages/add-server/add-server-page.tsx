import { Button, Group, Paper, Select, Stack, Switch, Text, TextInput } from '@mantine/core';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { showDone } from '../../api/use-change.ts';
import { useViewer } from '../../api/viewer.ts';
import type { McpAuthentication, McpGranularity, McpTransport } from '../../generated/graphql.ts';
import { ChoiceCards } from '../../parts/choice-cards.tsx';
import { ClientFields } from '../../parts/client-fields.tsx';
import { HeaderRows } from '../../parts/header-rows.tsx';
import { MissingPage } from '../../parts/missing-page.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { UnsavedGuard } from '../../parts/unsaved-guard.tsx';
import { WorkspacePicker } from '../../parts/workspace-picker.tsx';
import { texts } from '../../texts/add-server.ts';
import { OwnClientFields } from './credential-fields.tsx';
import { ProbeCard } from './probe-card.tsx';
import { needsOwnClient, propose, type Probe } from './propose.ts';
import { entersCredential, useServerForm, type ServerForm, type ServerValues } from './server-form.ts';
import { useAddServer } from './use-add-server.ts';
import { useProbe } from './use-probe.ts';

const route = getRouteApi('/servers/new');

/** Where a server comes into the hub. */
export function AddServerPage() {
  const viewer = useViewer();
  return viewer.isAdmin || viewer.isManager ? <AddServer /> : <MissingPage />;
}

function AddServer() {
  const viewer = useViewer();
  const navigate = useNavigate();
  const { url = '' } = route.useSearch();
  const managed = viewer.workspaces.filter(({ isManager }) => isManager);
  const only = managed.length === 1 ? [managed[0]!.id] : [];
  const form = useServerForm({ url, owner: viewer.isAdmin ? '' : (managed[0]?.id ?? ''), workspaceIds: only });
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  const edited = useRef(new Set<keyof ServerValues>());
  const [isDone, setIsDone] = useState(false);
  const fill = (found: URL, probe: Probe | undefined) => {
    for (const [name, value] of Object.entries(propose(found, probe)))
      if (!edited.current.has(name as keyof ServerValues)) form.setFieldValue(name, value);
  };
  const place = { organizationId: viewer.organizationId, workspaceId: form.values.owner === '' ? null : form.values.owner };
  const { state, lookAgain } = useProbe(form.values.url, place, fill);
  const probe = state.kind === 'found' ? state.probe : undefined;
  const { add, isRunning } = useAddServer(form);
  const submit = async () => {
    const added = await add();
    if (added.kind === 'refused') return;
    setIsDone(true);
    if (added.kind === 'leave') return location.assign(added.url);
    showDone(texts.added(added.name));
    await navigate({ to: `/servers/${added.slug}`, ignoreBlocker: true });
  };
  const choose = <Name extends keyof ServerValues>(name: Name, value: ServerValues[Name]) => {
    edited.current.add(name);
    form.setFieldValue(name, value as never);
  };
  return (
    <form onSubmit={form.onSubmit(() => void submit())} style={{ maxWidth: 860 }}>
      <PageHeader title={texts.title} lead={texts.lead} />
      <UnsavedGuard isDirty={form.isDirty() && !isDone} />
      <Stack gap="lg">
        <TextInput
          label={texts.url}
          description={texts.urlHint}
          placeholder="https://"
          type="url"
          inputMode="url"
          autoComplete="off"
          size="md"
          required
          ref={first}
          {...form.getInputProps('url')}
        />
        <ProbeCard state={state} onLookAgain={lookAgain} />
        {form.values.name !== '' && (
          <>
            <Naming form={form} onEdit={(name) => edited.current.add(name)} />
            <ChoiceCards<McpTransport>
              label={texts.transport}
              value={form.values.transport}
              choices={toChoices(texts.transports, ['STREAMABLE_HTTP', 'SSE'], probe?.transport)}
              onChange={(value) => choose('transport', value)}
            />
            <ChoiceCards<McpAuthentication>
              label={texts.authentication}
              value={form.values.authentication}
              choices={toChoices(
                texts.authentications,
                ['OAUTH', 'CLIENT_CREDENTIALS', 'CUSTOM_HEADERS', 'NONE'],
                probe === undefined || state.kind !== 'found' ? undefined : propose(new URL(form.values.url), probe).authentication,
              )}
              onChange={(value) => choose('authentication', value)}
            />
            {form.values.authentication !== 'NONE' && (
              <ChoiceCards<McpGranularity>
                label={texts.granularity}
                value={form.values.granularity}
                choices={toChoices(texts.granularities, ['ORGANIZATION', 'WORKSPACE', 'USER'])}
                onChange={(value) => choose('granularity', value)}
              />
            )}
            <Owner form={form} />
            {form.values.authentication !== 'NONE' && <ConnectNow form={form} probe={probe} />}
            <Group>
              <Button type="submit" size="md" loading={isRunning}>
                {form.values.authentication !== 'NONE' && form.values.connectsNow ? texts.submitConnect : texts.submit}
              </Button>
            </Group>
          </>
        )}
      </Stack>
    </form>
  );
}

function Naming({ form, onEdit }: { form: ServerForm; onEdit: (name: keyof ServerValues) => void }) {
  const [name, slug] = [form.getInputProps('name'), form.getInputProps('slug')];
  return (
    <Group grow align="flex-start">
      <TextInput label={texts.name} required {...name} onInput={() => onEdit('name')} />
      <TextInput
        label={texts.slug}
        description={texts.slugHint(`…/<workspace>/${form.values.slug}/mcp`)}
        required
        {...slug}
        onInput={() => onEdit('slug')}
      />
    </Group>
  );
}

/** Whose the server is, and who gets it. */
function Owner({ form }: { form: ServerForm }) {
  const viewer = useViewer();
  const managed = viewer.workspaces.filter(({ isManager }) => isManager);
  const owners = [
    ...(viewer.isAdmin ? [{ value: '', label: texts.ownerOrganization }] : []),
    ...managed.map(({ id, name }) => ({ value: id, label: name })),
  ];
  return (
    <Group grow align="flex-start">
      {(owners.length > 1 || !viewer.isAdmin) && (
        <Select label={texts.owner} description={texts.ownerHint} data={owners} allowDeselect={false} {...form.getInputProps('owner')} />
      )}
      {form.values.owner === '' && (
        <WorkspacePicker
          label={texts.workspaces}
          description={texts.workspacesHint}
          placeholder={texts.workspacesNone}
          value={form.values.workspaceIds}
          onChange={(ids) => form.setFieldValue('workspaceIds', ids)}
        />
      )}
    </Group>
  );
}

function ConnectNow({ form, probe }: { form: ServerForm; probe: Probe | undefined }) {
  const { authentication, granularity, connectsNow } = form.values;
  const intro = { ORGANIZATION: texts.connectOrganization, WORKSPACE: texts.connectWorkspaces, USER: texts.connectOwn }[granularity];
  return (
    <Paper withBorder p="md">
      <Stack gap="sm">
        <Group justify="space-between">
          <Text fw={600}>{texts.connectTitle}</Text>
          <Switch label={texts.connectSwitch} {...form.getInputProps('connectsNow', { type: 'checkbox' })} />
        </Group>
        {authentication === 'OAUTH' && <OwnClientFields form={form} isNeeded={needsOwnClient(probe)} />}
        <Text size="sm" c="dimmed">
          {!connectsNow ? texts.connectLater : authentication === 'OAUTH' ? texts.connectConsent[granularity] : intro}
        </Text>
        {entersCredential(form.values) && authentication === 'CUSTOM_HEADERS' && (
          <HeaderRows rows={form.values.headers} onChange={(headers) => form.setFieldValue('headers', headers)} />
        )}
        {entersCredential(form.values) && authentication === 'CLIENT_CREDENTIALS' && (
          <ClientFields values={form.values.client} onChange={(client) => form.setFieldValue('client', client)} />
        )}
      </Stack>
    </Paper>
  );
}

/** Cards in an order, the one that fits what was found marked. */
function toChoices<Value extends string>(
  all: Readonly<Record<Value, { readonly label: string; readonly text: string; readonly badge?: string }>>,
  order: readonly Value[],
  found?: Value | null,
) {
  return order.map((value) => ({ value, ...all[value], badge: value === found ? texts.found : all[value].badge }));
}
