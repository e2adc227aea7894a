import { Button, Group, Modal, MultiSelect, Select, Stack } from '@mantine/core';
import { useDebouncedValue, useDisclosure } from '@mantine/hooks';
import { IconUserPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { newIdempotencyKey } from '../../api/idempotency-key.ts';
import { showDone, useChange } from '../../api/use-change.ts';
import { useRead } from '../../api/use-read.ts';
import { useViewer } from '../../api/viewer.ts';
import { WorkspaceMemberAddDocument, WorkspacePeopleDocument, type WorkspaceRole } from '../../generated/graphql.ts';
import { words } from '../../texts/words.ts';
import { texts } from '../../texts/workspaces.ts';

interface AddMembersProps {
  readonly workspaceId: string;
  /** Who is in it already, as far as the list was read. */
  readonly known: readonly string[];
}

/** Brings people of the organization into the workspace. */
export function AddMembersButton(props: AddMembersProps) {
  const [isOpen, { open, close }] = useDisclosure();
  return (
    <>
      <Button leftSection={<IconUserPlus size={16} />} onClick={open}>
        {texts.add}
      </Button>
      <Modal opened={isOpen} onClose={close} title={texts.add}>
        <AddMembersForm {...props} onDone={close} />
      </Modal>
    </>
  );
}

function AddMembersForm({ workspaceId, known, onDone }: AddMembersProps & { onDone: () => void }) {
  const { organizationId } = useViewer();
  const [text, setText] = useState('');
  const [settled] = useDebouncedValue(text.trim(), 150);
  const [chosen, setChosen] = useState<ReadonlyMap<string, string>>(new Map());
  const [role, setRole] = useState<WorkspaceRole>('MEMBER');
  const { data } = useRead(WorkspacePeopleDocument, { organizationId, nameContains: settled === '' ? null : settled });
  const add = useChange(WorkspaceMemberAddDocument);
  const found = (data?.organization?.users.nodes ?? []).filter(({ id }) => !known.includes(id));
  const options = new Map([...chosen, ...found.map(({ id, name, email }): [string, string] => [id, `${name} (${email})`])]);
  const submit = async () => {
    const userIds = [...chosen.keys()];
    const outcome = await add.run({ input: { workspaceId, userIds, role }, idempotencyKey: newIdempotencyKey() }, { subject: workspaceId });
    if (!outcome.ok) return;
    showDone(texts.added(userIds.length));
    onDone();
  };
  return (
    <Stack>
      <MultiSelect
        label={texts.addWho}
        description={texts.addWhoHint}
        data={[...options].map(([value, label]) => ({ value, label }))}
        value={[...chosen.keys()]}
        onChange={(ids) => setChosen(new Map(ids.map((id) => [id, options.get(id) ?? id])))}
        searchable
        searchValue={text}
        onSearchChange={setText}
        filter={({ options: all }) => all.filter((option) => 'value' in option && found.some(({ id }) => id === option.value))}
        maxValues={100}
        hidePickedOptions
        data-autofocus
      />
      <Select
        label={texts.addRole}
        allowDeselect={false}
        data={Object.entries(words.workspaceRole).map(([value, label]) => ({ value, label }))}
        value={role}
        onChange={(next) => setRole(next as WorkspaceRole)}
      />
      <Group justify="flex-end">
        <Button loading={add.isRunning} disabled={chosen.size === 0} onClick={() => void submit()}>
          {texts.add}
        </Button>
      </Group>
    </Stack>
  );
}
