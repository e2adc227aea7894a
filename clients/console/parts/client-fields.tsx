import { Group, PasswordInput, SegmentedControl, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { texts } from '../texts/client-fields.ts';
import { ALGORITHMS, type ClientProof, type ClientValues } from './client-values.ts';

interface ClientFieldsProps {
  readonly values: ClientValues;
  readonly onChange: (values: ClientValues) => void;
}

const PROOFS: readonly ClientProof[] = ['SECRET', 'KEY'];

/** A client that somebody registered at the upstream, with what it proves itself by. Neither is ever shown again. */
export function ClientFields({ values, onChange }: ClientFieldsProps) {
  const change = (part: Partial<ClientValues>) => onChange({ ...values, ...part });
  return (
    <Stack gap="xs" w="100%" maw={620}>
      <TextInput
        label={texts.clientId}
        required
        autoComplete="off"
        value={values.clientId}
        onChange={({ currentTarget }) => change({ clientId: currentTarget.value })}
      />
      <SegmentedControl
        aria-label={texts.proof}
        data={PROOFS.map((value) => ({ value, label: texts.proofs[value] }))}
        value={values.proof}
        onChange={(proof) => change({ proof })}
      />
      {values.proof === 'SECRET' ? (
        <PasswordInput
          label={texts.clientSecret}
          description={texts.secretHint}
          required
          autoComplete="new-password"
          value={values.clientSecret}
          onChange={({ currentTarget }) => change({ clientSecret: currentTarget.value })}
        />
      ) : (
        <KeyFields values={values} onChange={change} />
      )}
      <Group grow align="flex-start">
        <TextInput
          label={texts.scopes}
          description={texts.scopesHint}
          value={values.scopes}
          onChange={({ currentTarget }) => change({ scopes: currentTarget.value })}
        />
        <TextInput
          label={texts.resource}
          description={texts.resourceHint}
          value={values.resource}
          onChange={({ currentTarget }) => change({ resource: currentTarget.value })}
        />
      </Group>
    </Stack>
  );
}

function KeyFields({ values, onChange }: { values: ClientValues; onChange: (part: Partial<ClientValues>) => void }) {
  return (
    <>
      <Textarea
        label={texts.privateKey}
        description={texts.privateKeyHint}
        required
        autosize
        minRows={3}
        maxRows={8}
        autoComplete="off"
        spellCheck={false}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        value={values.privateKey}
        onChange={({ currentTarget }) => onChange({ privateKey: currentTarget.value })}
      />
      <Select
        label={texts.algorithm}
        data={[...ALGORITHMS]}
        allowDeselect={false}
        value={values.algorithm}
        onChange={(algorithm) => onChange({ algorithm: algorithm ?? ALGORITHMS[0] })}
      />
    </>
  );
}
