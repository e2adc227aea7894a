import { Button, Checkbox, Group, Input, PasswordInput, Select, SimpleGrid, Stack, Switch, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { newIdempotencyKey } from '../../api/idempotency-key.ts';
import { showDone, toFieldFaults, useChange } from '../../api/use-change.ts';
import { useRead } from '../../api/use-read.ts';
import { useViewer } from '../../api/viewer.ts';
import { IdentityProviderAddDocument, IdentityProviderSaveDocument, IdentityRedirectUriDocument } from '../../generated/graphql.ts';
import { CopyText } from '../../parts/copy-text.tsx';
import { toRoleChoices } from '../../parts/role-choices.ts';
import { texts } from '../../texts/identity-providers.ts';
import type { Provider } from './providers.tsx';

/** Adds a provider, or changes one. */
export function ProviderForm({ provider, onDone }: { provider?: Provider; onDone: () => void }) {
  const { organizationId } = useViewer();
  const add = useChange(IdentityProviderAddDocument);
  const save = useChange(IdentityProviderSaveDocument);
  const form = useForm({ mode: 'controlled', initialValues: toValues(provider) });
  const submit = async (values: ReturnType<typeof toValues>) => {
    const { issuer, ...rest } = toInput(values);
    const outcome =
      provider === undefined
        ? await add.run({ input: { ...rest, issuer, organizationId }, idempotencyKey: newIdempotencyKey() }, { isQuiet: true })
        : await save.run({ id: provider.id, input: rest, expectedVersion: provider.version }, { isQuiet: true });
    if (!outcome.ok) return form.setErrors(toFieldFaults(outcome.faults, Object.keys(values)));
    showDone(texts.saved);
    onDone();
  };
  const hasSecret = provider?.hasClientSecret === true;
  const text = (name: keyof ReturnType<typeof toValues>, label: string, hint?: string) => (
    <TextInput label={label} description={hint} autoComplete="off" {...form.getInputProps(name)} />
  );
  return (
    <form onSubmit={form.onSubmit((values) => void submit(values))}>
      <Stack>
        <RedirectUri />
        <TextInput
          label={texts.name}
          description={texts.nameHint}
          required
          maxLength={120}
          data-autofocus
          {...form.getInputProps('name')}
        />
        <TextInput
          label={texts.issuer}
          description={texts.issuerHint}
          required
          type="url"
          disabled={provider !== undefined}
          {...form.getInputProps('issuer')}
        />
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <TextInput label={texts.clientId} required autoComplete="off" {...form.getInputProps('clientId')} />
          <Stack gap="xs">
            <PasswordInput
              label={texts.clientSecret}
              description={hasSecret ? texts.secretKept : texts.secretHint}
              autoComplete="new-password"
              disabled={form.values.forgetsSecret}
              {...form.getInputProps('clientSecret')}
            />
            {hasSecret && <Checkbox label={texts.forgetSecret} {...form.getInputProps('forgetsSecret', { type: 'checkbox' })} />}
          </Stack>
          {text('scopes', texts.scopes, texts.scopesHint)}
          {text('emailClaim', texts.emailClaim, texts.emailClaimHint)}
          {text('nameClaim', texts.nameClaim, texts.nameClaimHint)}
          {text('emailDomain', texts.emailDomain, texts.emailDomainHint)}
          {text('groupsClaim', texts.groupsClaim, texts.groupsClaimHint)}
          {text('requiredGroup', texts.requiredGroup, texts.requiredGroupHint)}
        </SimpleGrid>
        <Switch label={texts.createsUsers} {...form.getInputProps('createsUsers', { type: 'checkbox' })} />
        {form.values.createsUsers && (
          <Select label={texts.defaultRole} allowDeselect={false} data={toRoleChoices(false)} {...form.getInputProps('defaultRole')} />
        )}
        <Switch label={texts.enabled} {...form.getInputProps('enabled', { type: 'checkbox' })} />
        <Group justify="flex-end">
          <Button type="submit" loading={add.isRunning || save.isRunning}>
            {texts.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** What has to be entered at the provider before anything of it can be entered here. */
function RedirectUri() {
  const { organizationId } = useViewer();
  const uri = useRead(IdentityRedirectUriDocument, { organizationId }).data?.organization?.signInRedirectUri;
  return (
    <Input.Wrapper label={texts.redirectUri} description={texts.redirectUriHint} labelElement="div">
      {uri !== undefined && <CopyText text={uri} label={texts.copyRedirectUri} />}
    </Input.Wrapper>
  );
}

function toValues(provider: Provider | undefined) {
  return {
    name: provider?.name ?? '',
    issuer: provider?.issuer ?? '',
    clientId: provider?.clientId ?? '',
    clientSecret: '',
    forgetsSecret: false,
    scopes: (provider?.scopes ?? ['openid', 'profile', 'email']).join(' '),
    emailClaim: provider?.emailClaim ?? 'email',
    nameClaim: provider?.nameClaim ?? 'name',
    emailDomain: provider?.emailDomain ?? '',
    createsUsers: provider?.createsUsers ?? false,
    defaultRole: provider?.defaultRole ?? ('MEMBER' as const),
    groupsClaim: provider?.groupsClaim ?? '',
    requiredGroup: provider?.requiredGroup ?? '',
    enabled: provider?.enabled ?? true,
  };
}

/** An empty field is nothing; an empty secret leaves the stored one as it is, unless that is to be forgotten. */
function toInput({ clientSecret, forgetsSecret, scopes, emailDomain, groupsClaim, requiredGroup, ...rest }: ReturnType<typeof toValues>) {
  return {
    ...rest,
    ...(forgetsSecret ? { clientSecret: null } : clientSecret !== '' && { clientSecret }),
    scopes: scopes.split(/\s+/).filter((scope) => scope !== ''),
    emailDomain: emailDomain || null,
    groupsClaim: groupsClaim || null,
    requiredGroup: requiredGroup || null,
  };
}
