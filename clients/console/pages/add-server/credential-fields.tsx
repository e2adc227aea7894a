import { Group, PasswordInput, Stack, Switch, TextInput } from '@mantine/core';
import { texts } from '../../texts/add-server.ts';
import type { ServerForm } from './server-form.ts';

/** A client that somebody registered at the upstream by hand. */
export function OwnClientFields({ form, isNeeded }: { form: ServerForm; isNeeded: boolean }) {
  const isOpen = isNeeded || form.values.hasOwnClient;
  return (
    <Stack gap="xs">
      {!isNeeded && <Switch label={texts.ownClient} {...form.getInputProps('hasOwnClient', { type: 'checkbox' })} />}
      {isOpen && <RegisteredClientFields form={form} />}
    </Stack>
  );
}

/** Client id, secret and scopes. */
function RegisteredClientFields({ form }: { form: ServerForm }) {
  return (
    <Stack gap="xs">
      <Group grow align="flex-start">
        <TextInput label={texts.clientId} autoComplete="off" {...form.getInputProps('clientId')} />
        <PasswordInput
          label={texts.clientSecret}
          description={texts.secretHint}
          autoComplete="new-password"
          {...form.getInputProps('clientSecret')}
        />
      </Group>
      <TextInput label={texts.scopes} description={texts.scopesHint} {...form.getInputProps('scopes')} />
    </Stack>
  );
}
