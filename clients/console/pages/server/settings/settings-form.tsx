import { Button, Fieldset, Group, NumberInput, Select, SimpleGrid, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { showDone, toFieldFaults, useChange, type ChangeFault } from '../../../api/use-change.ts';
import { ServerSettingsSaveDocument } from '../../../generated/graphql.ts';
import { UnsavedGuard } from '../../../parts/unsaved-guard.tsx';
import { texts } from '../../../texts/server-settings.ts';
import { words } from '../../../texts/words.ts';
import { ForwardingFields } from './forwarding-fields.tsx';
import { toChanges, toValues, type Settings, type SettingsValues } from './settings-values.ts';
import { SignInFields } from './sign-in-fields.tsx';
import { useDisconnectAll } from './use-disconnect-all.ts';
import { useSettingsForm, type SettingsFormOf } from './use-settings-form.ts';

/** Everything about a server that can be changed. */
export function SettingsForm({ settings }: { settings: Settings }) {
  const { run, isRunning } = useChange(ServerSettingsSaveDocument);
  const [before, setBefore] = useState(() => toValues(settings));
  const disconnection = useDisconnectAll(settings.id);
  const form = useSettingsForm(settings);
  const save = async (values: SettingsValues): Promise<void> => {
    const input = toChanges(before, values);
    const outcome = await run({ id: settings.id, input, expectedVersion: settings.version }, { subject: settings.id, isQuiet: true });
    if (!outcome.ok) {
      const isHeld = outcome.faults.some(({ code }) => code === 'HAS_DEPENDENTS');
      if (isHeld && (await disconnection.ask(() => void save(values)))) return;
      form.setErrors(toFieldFaults(outcome.faults.map(flatten), Object.keys(values)));
      return;
    }
    const kept = { ...values, clientSecret: '', removesSecret: false };
    form.setValues(kept);
    form.resetDirty(kept);
    setBefore(kept);
    showDone(texts.saved);
  };
  return (
    <form onSubmit={form.onSubmit((values) => void save(values))}>
      <UnsavedGuard isDirty={form.isDirty()} />
      <Stack gap="md">
        <Text c="dimmed">{texts.lead}</Text>
        <TextInput label={texts.name} required maxLength={120} {...form.getInputProps('name')} />
        <Textarea
          label={texts.description}
          description={texts.descriptionHint}
          autosize
          minRows={2}
          maxLength={2_000}
          {...form.getInputProps('description')}
        />
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <TextInput label={texts.url} required type="url" {...form.getInputProps('url')} />
          <Select
            label={texts.transport}
            allowDeselect={false}
            data={Object.entries(words.transport).map(([value, label]) => ({ value, label }))}
            {...form.getInputProps('transport')}
          />
        </SimpleGrid>
        <SignInFields form={form} settings={settings} />
        <ForwardingFields form={form} />
        <Limits form={form} />
        <Group>
          <Button type="submit" loading={isRunning || disconnection.isRunning} disabled={!form.isDirty()}>
            {texts.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Limits({ form }: { form: SettingsFormOf }) {
  const number = (name: keyof SettingsValues, label: string, [min, max]: readonly [number, number], description?: string) => (
    <NumberInput label={label} description={description} min={min} max={max} thousandSeparator="," {...form.getInputProps(name)} />
  );
  return (
    <Fieldset legend={texts.limits}>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        {number('upstreamTimeoutSeconds', texts.timeout, [1, 86_400], texts.asConfigured)}
        {number('upstreamIdleSeconds', texts.idle, [1, 86_400], texts.asConfigured)}
        {number('circuitBreakerFailures', texts.breakerFailures, [0, 1_000], texts.breakerFailuresHint)}
        {number('circuitBreakerOpenSeconds', texts.breakerSeconds, [1, 3_600])}
        {number('connectRetries', texts.retries, [0, 5])}
        {number('maxRequestBytes', texts.maxBytes, [1_024, 67_108_864])}
      </SimpleGrid>
    </Fieldset>
  );
}

/** Groups of settings have no groups in the form; a fault of the headers that are passed on belongs to their field. */
function flatten(fault: ChangeFault): ChangeFault {
  const [input = 'input', group, name] = fault.field ?? [];
  if (group === 'oauth' && name !== undefined) return { ...fault, field: [input, name] };
  if (group !== 'forwarding') return fault;
  return { ...fault, field: [input, name === undefined || name === 'headers' ? 'forwardedHeaders' : name] };
}
