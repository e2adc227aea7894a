import { ActionIcon, Button, Group, PasswordInput, Stack, Switch, Text, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
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
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          autoComplete="new-password"
          {...form.getInputProps('clientSecret')}
        />
      </Group>
      <TextInput label={texts.scopes} description={texts.scopesHint} {...form.getInputProps('scopes')} />
    </Stack>
  );
}

/** Names and values of headers. */
export function HeaderFields({ form }: { form: ServerForm }) {
  return (
    <Stack gap="xs" role="group" aria-label={texts.headers}>
      {form.values.headers.map((_header, position) => (
        // The rows have no identity of their own: a row is what stands at its place.
        // eslint-disable-next-line react/no-array-index-key
        <Group key={position} align="flex-end" wrap="nowrap" gap="xs">
          <TextInput
            flex={1}
            label={position === 0 ? texts.headerName : undefined}
            aria-label={texts.headerName}
            {...form.getInputProps(`headers.${position}.name`)}
          />
          <PasswordInput
            flex={2}
            label={position === 0 ? texts.headerValue : undefined}
            aria-label={texts.headerValue}
            autoComplete="new-password"
            {...form.getInputProps(`headers.${position}.value`)}
          />
          <ActionIcon
            size="lg"
            variant="subtle"
            color="gray"
            aria-label={texts.removeHeader}
            disabled={form.values.headers.length === 1}
            onClick={() => form.removeListItem('headers', position)}
          >
            <IconTrash size={16} />
          </ActionIcon>
        </Group>
      ))}
      <Group justify="space-between">
        <Text size="xs" c="dimmed">
          {texts.secretHint}
        </Text>
        <Button
          size="compact-sm"
          variant="subtle"
          leftSection={<IconPlus size={14} />}
          onClick={() => form.insertListItem('headers', { name: '', value: '' })}
        >
          {texts.addHeader}
        </Button>
      </Group>
    </Stack>
  );
}
