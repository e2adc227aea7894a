import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { newIdempotencyKey } from '../../api/idempotency-key.ts';
import { showDone, toFieldFaults, useChange } from '../../api/use-change.ts';
import { useViewer } from '../../api/viewer.ts';
import { WorkspacesCreateDocument } from '../../generated/graphql.ts';
import { toSlug } from '../../parts/to-slug.ts';
import { texts } from '../../texts/workspaces.ts';

/** Makes a workspace and opens it. */
export function NewWorkspaceButton() {
  const [isOpen, { open, close }] = useDisclosure();
  return (
    <>
      <Button leftSection={<IconPlus size={16} />} onClick={open}>
        {texts.create}
      </Button>
      <Modal opened={isOpen} onClose={close} title={texts.create}>
        <NewWorkspaceForm />
      </Modal>
    </>
  );
}

function NewWorkspaceForm() {
  const { organizationId } = useViewer();
  const navigate = useNavigate();
  const create = useChange(WorkspacesCreateDocument);
  const form = useForm({
    initialValues: { name: '', slug: '' },
    validate: { slug: (slug) => (/^[a-z0-9-]{1,63}$/.test(slug) ? null : texts.slugRule) },
  });
  const submit = async () => {
    const input = { organizationId, name: form.values.name.trim(), slug: form.values.slug };
    const outcome = await create.run({ input, idempotencyKey: newIdempotencyKey() }, { isQuiet: true });
    if (!outcome.ok) return form.setErrors(toFieldFaults(outcome.faults, ['name', 'slug']));
    showDone(texts.made(input.name));
    await navigate({ to: `/workspaces/${input.slug}` });
  };
  const setName = (name: string) => {
    if (form.values.slug === toSlug(form.values.name)) form.setFieldValue('slug', toSlug(name));
    form.setFieldValue('name', name);
  };
  return (
    <form onSubmit={form.onSubmit(() => void submit())}>
      <Stack>
        <TextInput
          label={texts.name}
          required
          maxLength={120}
          data-autofocus
          {...form.getInputProps('name')}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        <TextInput label={texts.slug} description={texts.slugHint} required maxLength={63} {...form.getInputProps('slug')} />
        <Group justify="flex-end">
          <Button type="submit" loading={create.isRunning}>
            {texts.create}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
