import { Button, Group, Stack, Switch, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { newIdempotencyKey } from '../../api/idempotency-key.ts';
import { showDone, toFieldFaults, useChange } from '../../api/use-change.ts';
import { useViewer } from '../../api/viewer.ts';
import { IdentityIssuerAddDocument, IdentityIssuerSaveDocument } from '../../generated/graphql.ts';
import { texts } from '../../texts/identity-providers.ts';
import type { Issuer } from './issuers.tsx';
import { formatClaims, parseClaims } from './required-claims.ts';

/** Trusts an issuer, or changes how. */
export function IssuerForm({ issuer, onDone }: { issuer?: Issuer; onDone: () => void }) {
  const { organizationId } = useViewer();
  const add = useChange(IdentityIssuerAddDocument);
  const save = useChange(IdentityIssuerSaveDocument);
  const form = useForm({
    mode: 'controlled',
    initialValues: toValues(issuer),
    validate: { requiredClaims: (text) => (parseClaims(text) === undefined ? texts.claimsRule : null) },
  });
  const submit = async (values: ReturnType<typeof toValues>) => {
    const { issuer: name, audience, jwksUrl, requiredClaims, ...rest } = values;
    const input = {
      ...rest,
      audience: audience || null,
      jwksUrl: jwksUrl || null,
      requiredClaims: parseClaims(requiredClaims) ?? [],
    };
    const outcome =
      issuer === undefined
        ? await add.run({ input: { ...input, issuer: name, organizationId }, idempotencyKey: newIdempotencyKey() }, { isQuiet: true })
        : await save.run({ id: issuer.id, input, expectedVersion: issuer.version }, { isQuiet: true });
    if (!outcome.ok) return form.setErrors(toFieldFaults(outcome.faults, Object.keys(values)));
    showDone(texts.saved);
    onDone();
  };
  return (
    <form onSubmit={form.onSubmit((values) => void submit(values))}>
      <Stack>
        <TextInput
          label={texts.issuer}
          description={texts.issuerHint}
          required
          type="url"
          data-autofocus
          disabled={issuer !== undefined}
          {...form.getInputProps('issuer')}
        />
        <TextInput label={texts.audience} description={texts.audienceHint} {...form.getInputProps('audience')} />
        <TextInput label={texts.jwksUrl} description={texts.jwksUrlHint} type="url" {...form.getInputProps('jwksUrl')} />
        <TextInput label={texts.userClaim} required maxLength={256} {...form.getInputProps('userClaim')} />
        <Textarea
          label={texts.requiredClaims}
          description={texts.requiredClaimsHint}
          autosize
          minRows={2}
          {...form.getInputProps('requiredClaims')}
        />
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

function toValues(issuer: Issuer | undefined) {
  return {
    issuer: issuer?.issuer ?? '',
    audience: issuer?.audience ?? '',
    jwksUrl: issuer?.jwksUrl ?? '',
    userClaim: issuer?.userClaim ?? 'email',
    requiredClaims: formatClaims(issuer?.requiredClaims ?? []),
    enabled: issuer?.enabled ?? true,
  };
}
