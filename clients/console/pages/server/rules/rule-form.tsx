import { Button, Group, MultiSelect, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { newIdempotencyKey } from '../../../api/idempotency-key.ts';
import { showDone, toFieldFaults, useChange } from '../../../api/use-change.ts';
import { useRead } from '../../../api/use-read.ts';
import {
  ServerRuleConditionDocument,
  ServerRuleCreateDocument,
  ServerRuleUpdateDocument,
  type AccessRuleEffect,
  type CapabilityKind,
  type OrganizationRole,
  type RuleFieldsFragment,
  type WorkspaceRole,
} from '../../../generated/graphql.ts';
import { ChoiceCards } from '../../../parts/choice-cards.tsx';
import { texts } from '../../../texts/server.ts';
import { words } from '../../../texts/words.ts';
import { GroupsField, KeysField, PeopleField } from './rule-callers.tsx';
import type { RulePlace } from './rules-tab.tsx';

interface RuleFormProps {
  readonly serverId: string;
  /** The rule to change; undefined for a new one. */
  readonly rule: RuleFieldsFragment | undefined;
  readonly place: RulePlace;
  readonly places: readonly RulePlace[];
  readonly onDone: () => void;
}

interface RuleValues {
  placeKey: string;
  name: string;
  effect: AccessRuleEffect;
  kinds: CapabilityKind[];
  patterns: string;
  who: string[];
  userIds: string[];
  apiKeyIds: string[];
  groups: string[];
  condition: string;
}

const FIELDS = ['name', 'condition', 'capabilities', 'callers'];

/** A rule, checked while it is written. */
export function RuleForm({ serverId, rule, place, places, onDone }: RuleFormProps) {
  const [idempotencyKey] = useState(newIdempotencyKey);
  const create = useChange(ServerRuleCreateDocument);
  const update = useChange(ServerRuleUpdateDocument);
  const form = useForm<RuleValues>({ mode: 'controlled', initialValues: toValues(rule, place.key) });
  const submit = async (values: RuleValues) => {
    const fields = toInput(values);
    const chosen = places.find(({ key }) => key === values.placeKey) ?? place;
    const outcome =
      rule === undefined
        ? await create.run({ input: { ...chosen.input, ...fields }, idempotencyKey }, { isQuiet: true })
        : await update.run({ id: rule.id, input: fields, expectedVersion: rule.version }, { subject: rule.id, isQuiet: true });
    if (!outcome.ok) return form.setErrors(toFieldFaults(outcome.faults, FIELDS));
    showDone(texts.saved);
    onDone();
  };
  return (
    <form onSubmit={form.onSubmit((values) => void submit(values))}>
      <Stack gap="md">
        <TextInput label={texts.ruleName} required maxLength={120} data-autofocus {...form.getInputProps('name')} />
        {rule === undefined && (
          <Select
            label={texts.ruleScope}
            allowDeselect={false}
            data={places.map(({ key, label }) => ({ value: key, label }))}
            {...form.getInputProps('placeKey')}
          />
        )}
        <ChoiceCards<AccessRuleEffect>
          label={texts.effect}
          value={form.values.effect}
          choices={(['DENY', 'REQUIRE'] as const).map((value) => ({ value, ...texts.effects[value] }))}
          onChange={(effect) => form.setFieldValue('effect', effect)}
        />
        <MultiSelect
          label={texts.explainKind}
          data={Object.entries(words.capability).map(([value, label]) => ({ value, label }))}
          {...form.getInputProps('kinds')}
        />
        <Textarea
          label={texts.patterns}
          description={texts.patternsHint}
          autosize
          minRows={2}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          {...form.getInputProps('patterns')}
          error={form.errors['capabilities']}
        />
        <MultiSelect
          label={texts.roles}
          description={texts.rolesHint}
          data={ROLES}
          {...form.getInputProps('who')}
          error={form.errors['callers']}
        />
        <PeopleField value={form.values.userIds} onChange={(ids) => form.setFieldValue('userIds', ids)} />
        <KeysField serverId={serverId} value={form.values.apiKeyIds} onChange={(ids) => form.setFieldValue('apiKeyIds', ids)} />
        <GroupsField value={form.values.groups} onChange={(groups) => form.setFieldValue('groups', groups)} />
        <Condition form={form} />
        <Group justify="flex-end">
          <Button type="submit" loading={create.isRunning || update.isRunning}>
            {texts.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** The condition, checked by the control plane as saving it would. */
function Condition({ form }: { form: ReturnType<typeof useForm<RuleValues>> }) {
  const text = form.values.condition;
  const [settled] = useDebouncedValue(text, 250);
  const { data } = useRead(ServerRuleConditionDocument, { condition: settled }, { isPaused: settled.trim() === '' });
  const check = settled === text && settled.trim() !== '' ? data?.accessConditionCheck : undefined;
  const fault = check?.fault;
  return (
    <div>
      <Textarea
        label={texts.condition}
        description={texts.conditionHint}
        autosize
        minRows={2}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        spellCheck={false}
        {...form.getInputProps('condition')}
        error={form.errors['condition'] ?? (fault == null ? undefined : texts.conditionFault(fault.line, fault.column, fault.message))}
      />
      <Text size="xs" c="dimmed" role="status">
        {check?.isValid === true && texts.conditionGood}
      </Text>
    </div>
  );
}

const ROLES = [
  {
    group: texts.inOrganization,
    items: Object.entries(words.organizationRole).map(([role, label]) => ({ value: `organization:${role}`, label })),
  },
  {
    group: texts.inWorkspace,
    items: Object.entries(words.workspaceRole).map(([role, label]) => ({ value: `workspace:${role}`, label: texts.ofWorkspace(label) })),
  },
  { group: texts.keys, items: [{ value: 'keys:service', label: texts.serviceKeys }] },
];

function toValues(rule: RuleFieldsFragment | undefined, placeKey: string): RuleValues {
  const callers = rule?.callers;
  return {
    placeKey,
    name: rule?.name ?? '',
    effect: rule?.effect ?? 'DENY',
    kinds: [...(rule?.capabilities.kinds ?? [])],
    patterns: (rule?.capabilities.patterns ?? []).join('\n'),
    who: [
      ...(callers?.organizationRoles ?? []).map((role) => `organization:${role}`),
      ...(callers?.workspaceRoles ?? []).map((role) => `workspace:${role}`),
      ...(callers?.serviceKeys === true ? ['keys:service'] : []),
    ],
    userIds: [...(callers?.userIds ?? [])],
    apiKeyIds: [...(callers?.apiKeyIds ?? [])],
    groups: [...(callers?.groups ?? [])],
    condition: rule?.condition ?? '',
  };
}

function toInput(values: RuleValues) {
  const ofKind = (kind: string) => values.who.filter((who) => who.startsWith(`${kind}:`)).map((who) => who.slice(kind.length + 1));
  return {
    name: values.name.trim(),
    effect: values.effect,
    condition: values.condition.trim() === '' ? null : values.condition,
    capabilities: {
      kinds: values.kinds,
      patterns: values.patterns
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== ''),
    },
    callers: {
      organizationRoles: ofKind('organization') as OrganizationRole[],
      workspaceRoles: ofKind('workspace') as WorkspaceRole[],
      serviceKeys: values.who.includes('keys:service'),
      userIds: values.userIds,
      groups: values.groups,
      apiKeyIds: values.apiKeyIds,
    },
  };
}
