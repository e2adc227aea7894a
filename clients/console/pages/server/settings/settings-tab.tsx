import { Button, Fieldset, Group, NumberInput, Paper, Select, SimpleGrid, Stack, Text, Textarea, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useNavigate } from '@tanstack/react-router';
import { showDone, toFieldFaults, useChange } from '../../../api/use-change.ts';
import { useRead } from '../../../api/use-read.ts';
import {
  ServerSettingsDeleteDocument,
  ServerSettingsDocument,
  ServerSettingsSaveDocument,
  type ServerSettingsQuery,
} from '../../../generated/graphql.ts';
import { confirmLoss } from '../../../parts/confirm.tsx';
import { Failure } from '../../../parts/failure.tsx';
import { ListSkeleton } from '../../../parts/page-skeleton.tsx';
import { UnsavedGuard } from '../../../parts/unsaved-guard.tsx';
import { texts } from '../../../texts/server.ts';
import { words } from '../../../texts/words.ts';
import type { ServerView } from '../server-view.ts';

type Settings = NonNullable<ServerSettingsQuery['mcpServer']>;

/** What can be changed about the server itself. */
export function SettingsTab({ server }: { server: ServerView }) {
  const { data, error, isLoading, refresh } = useRead(ServerSettingsDocument, { serverId: server.id });
  const settings = data?.mcpServer;
  if (isLoading) return <ListSkeleton />;
  if (settings == null) return <Failure error={error} onRetry={refresh} />;
  return (
    <Stack gap="xl" maw={860}>
      <SettingsForm settings={settings} />
      <DangerZone server={server} />
    </Stack>
  );
}

function SettingsForm({ settings }: { settings: Settings }) {
  const { run, isRunning } = useChange(ServerSettingsSaveDocument);
  const form = useForm({ mode: 'controlled', initialValues: toValues(settings) });
  const submit = async (values: ReturnType<typeof toValues>) => {
    const { description, upstreamTimeoutSeconds, ...rest } = values;
    const input = {
      ...rest,
      description: description === '' ? null : description,
      upstreamTimeoutSeconds: upstreamTimeoutSeconds === '' ? null : upstreamTimeoutSeconds,
    };
    const outcome = await run({ id: settings.id, input, expectedVersion: settings.version }, { subject: settings.id, isQuiet: true });
    if (!outcome.ok) return form.setErrors(toFieldFaults(outcome.faults, Object.keys(values)));
    form.resetDirty(values);
    showDone(texts.saved);
  };
  const number = (name: string, label: string, min: number, max: number, description?: string) => (
    <NumberInput label={label} description={description} min={min} max={max} thousandSeparator="," {...form.getInputProps(name)} />
  );
  return (
    <form onSubmit={form.onSubmit((values) => void submit(values))}>
      <UnsavedGuard isDirty={form.isDirty()} />
      <Stack gap="md">
        <Text c="dimmed">{texts.settingsLead}</Text>
        <TextInput label={texts.name} required maxLength={120} {...form.getInputProps('name')} />
        <Textarea
          label={texts.description}
          description={texts.descriptionHint}
          autosize
          minRows={2}
          maxLength={2_000}
          {...form.getInputProps('description')}
        />
        <Group align="flex-start" grow>
          <TextInput label={texts.url} required type="url" {...form.getInputProps('url')} />
          <Select
            label={texts.transport}
            allowDeselect={false}
            data={Object.entries(words.transport).map(([value, label]) => ({ value, label }))}
            {...form.getInputProps('transport')}
          />
        </Group>
        <Fieldset legend={texts.limits}>
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            {number('upstreamTimeoutSeconds', texts.timeout, 1, 86_400, texts.timeoutHint)}
            {number('connectRetries', texts.retries, 0, 5)}
            {number('circuitBreakerFailures', texts.breakerFailures, 0, 1_000)}
            {number('circuitBreakerOpenSeconds', texts.breakerSeconds, 1, 3_600)}
            {number('maxRequestBytes', texts.maxBytes, 1_024, 67_108_864)}
          </SimpleGrid>
        </Fieldset>
        <Group>
          <Button type="submit" loading={isRunning} disabled={!form.isDirty()}>
            {texts.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function toValues(settings: Settings) {
  const { name, url, transport, connectRetries, circuitBreakerFailures, circuitBreakerOpenSeconds, maxRequestBytes } = settings;
  return {
    name,
    url,
    transport,
    description: settings.description ?? '',
    upstreamTimeoutSeconds: settings.upstreamTimeoutSeconds ?? ('' as const as number | ''),
    connectRetries,
    circuitBreakerFailures,
    circuitBreakerOpenSeconds,
    maxRequestBytes,
  };
}

function DangerZone({ server }: { server: ServerView }) {
  const { run } = useChange(ServerSettingsDeleteDocument);
  const navigate = useNavigate();
  const remove = async () => {
    if (!(await run({ id: server.id })).ok) return;
    showDone(texts.deleted(server.name));
    await navigate({ to: '/servers' });
  };
  const workspaces = server.accessGrants.nodes.map(({ workspace }) => workspace.name);
  return (
    <Paper withBorder p="md">
      <Group justify="space-between">
        <div>
          <Title order={2} size="h5">
            {texts.dangerTitle}
          </Title>
          <Text size="sm" c="dimmed">
            {texts.dangerText}
          </Text>
        </div>
        <Button
          color="red"
          variant="outline"
          onClick={() =>
            confirmLoss({
              title: texts.deleteTitle(server.name),
              text: texts.deleteText(workspaces),
              action: texts.delete,
              onConfirm: () => void remove(),
            })
          }
        >
          {texts.delete}
        </Button>
      </Group>
    </Paper>
  );
}
