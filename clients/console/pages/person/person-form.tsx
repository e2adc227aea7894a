import { Button, Group, Select, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { showDone, toFieldFaults, useChange } from '../../api/use-change.ts';
import { useViewer } from '../../api/viewer.ts';
import { PersonSaveDocument } from '../../generated/graphql.ts';
import { toRoleChoices } from '../../parts/role-choices.ts';
import { UnsavedGuard } from '../../parts/unsaved-guard.tsx';
import { texts } from '../../texts/people.ts';
import type { PersonView } from './person-page.tsx';

/** Name and role of a person. */
export function PersonForm({ person }: { person: PersonView }) {
  const viewer = useViewer();
  const { run, isRunning } = useChange(PersonSaveDocument);
  const form = useForm({ mode: 'controlled', initialValues: { name: person.name, role: person.role } });
  const submit = async (values: typeof form.values) => {
    const variables = { id: person.id, input: values, expectedVersion: person.version };
    const outcome = await run(variables, { subject: person.id, isQuiet: true });
    if (!outcome.ok) return form.setErrors(toFieldFaults(outcome.faults, ['name', 'role']));
    form.resetDirty(values);
    showDone(texts.saved);
  };
  return (
    <form onSubmit={form.onSubmit((values) => void submit(values))}>
      <UnsavedGuard isDirty={form.isDirty()} />
      <Stack>
        <TextInput label={texts.name} required maxLength={120} {...form.getInputProps('name')} />
        <Select
          label={texts.role}
          description={texts.roleHints[form.values.role]}
          allowDeselect={false}
          data={toRoleChoices(viewer.isOwner)}
          {...form.getInputProps('role')}
        />
        <Group>
          <Button type="submit" loading={isRunning} disabled={!form.isDirty()}>
            {texts.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
