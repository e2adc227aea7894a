import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { IconUserPlus } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { newIdempotencyKey } from '../../api/idempotency-key.ts';
import { showDone, toFieldFaults, useChange } from '../../api/use-change.ts';
import { useViewer } from '../../api/viewer.ts';
import { PeopleCreateDocument, type OrganizationRole } from '../../generated/graphql.ts';
import { toRoleChoices } from '../../parts/role-choices.ts';
import { texts } from '../../texts/people.ts';

/** Adds somebody to the organization, and opens their page. */
export function AddPersonButton() {
  const [isOpen, { open, close }] = useDisclosure();
  return (
    <>
      <Button leftSection={<IconUserPlus size={16} />} onClick={open}>
        {texts.add}
      </Button>
      <Modal opened={isOpen} onClose={close} title={texts.add}>
        <AddPersonForm />
      </Modal>
    </>
  );
}

function AddPersonForm() {
  const viewer = useViewer();
  const navigate = useNavigate();
  const create = useChange(PeopleCreateDocument);
  const form = useForm({ mode: 'controlled', initialValues: { name: '', email: '', role: 'MEMBER' as OrganizationRole } });
  const submit = async () => {
    const { name, email, role } = form.values;
    const input = { organizationId: viewer.organizationId, name: name.trim(), email: email.trim(), role };
    const outcome = await create.run({ input, idempotencyKey: newIdempotencyKey() }, { isQuiet: true });
    if (!outcome.ok) return form.setErrors(toFieldFaults(outcome.faults, ['name', 'email', 'role']));
    showDone(texts.added(input.name));
    await navigate({ to: `/people/${outcome.payload.user?.id ?? ''}` });
  };
  return (
    <form onSubmit={form.onSubmit(() => void submit())}>
      <Stack>
        <TextInput label={texts.name} required maxLength={120} data-autofocus {...form.getInputProps('name')} />
        <TextInput
          label={texts.email}
          description={texts.emailHint}
          required
          type="email"
          maxLength={254}
          {...form.getInputProps('email')}
        />
        <Select
          label={texts.role}
          description={texts.roleHints[form.values.role]}
          allowDeselect={false}
          data={toRoleChoices(viewer.isOwner)}
          {...form.getInputProps('role')}
        />
        <Group justify="flex-end">
          <Button type="submit" loading={create.isRunning}>
            {texts.add}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
