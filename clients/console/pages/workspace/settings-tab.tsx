import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useNavigate } from '@tanstack/react-router';
import { showDone, toFieldFaults, useChange } from '../../api/use-change.ts';
import { useViewer } from '../../api/viewer.ts';
import { WorkspaceDeleteDocument, WorkspaceLossesDocument, WorkspaceSaveDocument } from '../../generated/graphql.ts';
import { DangerZone } from '../../parts/danger-zone.tsx';
import { confirmCountedLoss } from '../../parts/counted-loss.ts';
import { listLosses } from '../../parts/list-losses.ts';
import { UnsavedGuard } from '../../parts/unsaved-guard.tsx';
import { texts } from '../../texts/workspaces.ts';
import type { WorkspaceView } from './workspace-page.tsx';

/** What can be changed about the workspace itself. */
export function SettingsTab({ workspace }: { workspace: WorkspaceView }) {
  const { isAdmin } = useViewer();
  return (
    <Stack gap="xl" maw={720}>
      <NameForm workspace={workspace} />
      {isAdmin && <DeleteWorkspace workspace={workspace} />}
    </Stack>
  );
}

function NameForm({ workspace }: { workspace: WorkspaceView }) {
  const { run, isRunning } = useChange(WorkspaceSaveDocument);
  const form = useForm({ mode: 'controlled', initialValues: { name: workspace.name } });
  const submit = async (values: { name: string }) => {
    const variables = { id: workspace.id, input: values, expectedVersion: workspace.version };
    const outcome = await run(variables, { subject: workspace.id, isQuiet: true });
    if (!outcome.ok) return form.setErrors(toFieldFaults(outcome.faults, ['name']));
    form.resetDirty(values);
    showDone(texts.saved);
  };
  return (
    <form onSubmit={form.onSubmit((values) => void submit(values))}>
      <UnsavedGuard isDirty={form.isDirty()} />
      <Stack>
        <TextInput label={texts.name} required maxLength={120} {...form.getInputProps('name')} />
        <Group>
          <Button type="submit" loading={isRunning} disabled={!form.isDirty()}>
            {texts.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function DeleteWorkspace({ workspace }: { workspace: WorkspaceView }) {
  const { organizationId } = useViewer();
  const { run } = useChange(WorkspaceDeleteDocument);
  const navigate = useNavigate();
  const remove = async () => {
    if (!(await run({ id: workspace.id })).ok) return;
    showDone(texts.deleted(workspace.name));
    await navigate({ to: '/workspaces' });
  };
  const ask = () =>
    confirmCountedLoss(WorkspaceLossesDocument, { organizationId, workspaceId: workspace.id }, (data) => {
      const { members, accessGrants, connections } = data.workspace ?? {};
      return {
        title: texts.deleteQuestion(workspace.name),
        text: texts.deleteLoss(listLosses({ memberships: members, servers: accessGrants, keys: data.organization?.apiKeys, connections })),
        action: texts.delete,
        onConfirm: () => void remove(),
      };
    });
  return <DangerZone title={texts.deleteTitle} text={texts.deleteText} action={texts.delete} onAsk={() => void ask()} />;
}
