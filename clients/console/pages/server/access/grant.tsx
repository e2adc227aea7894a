import { Accordion, Badge, Button, Group, SegmentedControl, Stack, Switch, Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { useChange } from '../../../api/use-change.ts';
import { usePages } from '../../../api/use-pages.ts';
import { useViewer } from '../../../api/viewer.ts';
import {
  ServerAccessLossesDocument,
  ServerAccessPeopleDocument,
  ServerAccessRemoveDocument,
  type ServerAccessPeopleQuery,
  type UserAccess,
} from '../../../generated/graphql.ts';
import { DataTable, type Column } from '../../../parts/data-table.tsx';
import { EnforcementBadge } from '../../../parts/enforcement-badge.tsx';
import { confirmCountedLoss } from '../../../parts/counted-loss.ts';
import { listLosses } from '../../../parts/list-losses.ts';
import { ListSkeleton } from '../../../parts/page-skeleton.tsx';
import { texts } from '../../../texts/server.ts';
import { words } from '../../../texts/words.ts';
import type { Grant } from './access-tab.tsx';
import { toOverrides } from './overrides.ts';
import { useGrantUpdate } from './use-grant-update.ts';

type Member = NonNullable<ServerAccessPeopleQuery['workspace']>['members']['nodes'][number];

/** The line of a workspace: whether it has the server, and for whom. */
export function GrantHeader({ grant }: { grant: Grant }) {
  const mayWrite = useViewer().manages(grant.workspace.id);
  const { isRunning, update } = useGrantUpdate(grant);
  const { workspace, enabled, defaultUserAccess, userOverrides } = grant;
  return (
    <Group wrap="nowrap" pr="md" gap="sm">
      <Accordion.Control>
        <Group gap="xs">
          <Text fw={600}>{workspace.name}</Text>
          <Text size="sm" c="dimmed">
            {defaultUserAccess === 'ALLOW' ? texts.everybody : texts.selected}
          </Text>
          {userOverrides.length > 0 && (
            <Badge variant="light" tt="none">
              {texts.exceptions(userOverrides.length)}
            </Badge>
          )}
        </Group>
      </Accordion.Control>
      <EnforcementBadge subject={grant.id} />
      <Switch
        checked={enabled}
        disabled={!mayWrite || isRunning}
        aria-label={texts.grantOn(workspace.name)}
        onChange={({ currentTarget }) => update(() => ({ enabled: currentTarget.checked }))}
      />
    </Group>
  );
}

/** Who in the workspace may use it. */
export function GrantPanel({ grant }: { grant: Grant }) {
  const mayWrite = useViewer().manages(grant.workspace.id);
  const [find, setFind] = useState('');
  const { update } = useGrantUpdate(grant);
  const remove = useChange(ServerAccessRemoveDocument);
  const list = usePages(ServerAccessPeopleDocument, { workspaceId: grant.workspace.id }, (data) => data.workspace?.members);
  const wanted = find.trim().toLowerCase();
  const rows = list.items.filter(({ user }) => `${user.name} ${user.email}`.toLowerCase().includes(wanted));
  const setAccess = (userId: string, access: UserAccess) =>
    update((latest) => ({ userOverrides: toOverrides(latest.userOverrides, latest.defaultUserAccess, userId, access) }));
  const ask = () =>
    confirmCountedLoss(ServerAccessLossesDocument, { grantId: grant.id }, ({ accessGrant }) => ({
      title: texts.removeTitle(grant.workspace.name),
      text: texts.removeText(
        listLosses({ people: accessGrant?.workspace.members }),
        listLosses({
          rules: accessGrant?.accessRules,
          exceptions: grant.userOverrides.length,
          switches: accessGrant?.capabilities,
        }),
      ),
      action: texts.remove,
      onConfirm: () => void remove.run({ id: grant.id }),
    }));
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <SegmentedControl
          aria-label={texts.inUse}
          disabled={!mayWrite}
          value={grant.defaultUserAccess}
          data={[
            { value: 'ALLOW', label: texts.everybody },
            { value: 'DENY', label: texts.selected },
          ]}
          onChange={(access) => update(() => ({ defaultUserAccess: access }))}
        />
        {mayWrite && (
          <Button variant="subtle" color="red" size="compact-sm" onClick={() => void ask()}>
            {texts.remove}
          </Button>
        )}
      </Group>
      {list.items.length > 8 && (
        <TextInput
          aria-label={texts.findPerson}
          placeholder={texts.findPerson}
          leftSection={<IconSearch size={16} />}
          value={find}
          onChange={({ currentTarget }) => setFind(currentTarget.value)}
        />
      )}
      {list.items.length === 0 && list.isLoading && <ListSkeleton rows={3} />}
      {list.items.length === 0 && list.isComplete && <Text c="dimmed">{texts.noMembers}</Text>}
      {list.items.length > 0 && (
        <DataTable
          label={texts.people}
          rows={rows}
          columns={toColumns(grant, mayWrite, setAccess)}
          toKey={({ id }) => id}
          onShow={list.show}
        />
      )}
    </Stack>
  );
}

function toColumns(grant: Grant, mayWrite: boolean, setAccess: (userId: string, access: UserAccess) => void): readonly Column<Member>[] {
  return [
    {
      name: texts.person,
      width: '3fr',
      render: ({ user }) => (
        <div>
          <Text size="sm" fw={600} truncate>
            {user.name}
          </Text>
          <Text size="xs" c="dimmed" truncate>
            {user.email}
          </Text>
        </div>
      ),
    },
    { name: texts.role, width: '1fr', isSecondary: true, render: ({ role }) => <Text size="sm">{words.workspaceRole[role]}</Text> },
    {
      name: texts.inUse,
      width: '1fr',
      render: ({ user }) => {
        const access = grant.userOverrides.find((override) => override.user.id === user.id)?.access ?? grant.defaultUserAccess;
        return (
          <Switch
            checked={access === 'ALLOW'}
            disabled={!mayWrite}
            aria-label={texts.mayUse(user.name)}
            onChange={({ currentTarget }) => setAccess(user.id, currentTarget.checked ? 'ALLOW' : 'DENY')}
          />
        );
      },
    },
  ];
}
