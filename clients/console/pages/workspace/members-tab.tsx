import { Anchor, Button, Group, Select, Stack, Text } from '@mantine/core';
import { IconUsers } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { showDone, useChange } from '../../api/use-change.ts';
import { usePages } from '../../api/use-pages.ts';
import { useViewer, type Viewer } from '../../api/viewer.ts';
import {
  WorkspaceMemberLossesDocument,
  WorkspaceMemberRemoveDocument,
  WorkspaceMembersDocument,
  WorkspaceMemberUpdateDocument,
  type WorkspaceMembersQuery,
  type WorkspaceRole,
} from '../../generated/graphql.ts';
import { DataTable, type Column } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Failure } from '../../parts/failure.tsx';
import { LockdownBadge } from '../../parts/lockdown/lockdown-badge.tsx';
import { confirmCountedLoss } from '../../parts/counted-loss.ts';
import { listLosses } from '../../parts/list-losses.ts';
import { ListSkeleton } from '../../parts/page-skeleton.tsx';
import { TimeAgo } from '../../parts/time-ago.tsx';
import { words } from '../../texts/words.ts';
import { texts } from '../../texts/workspaces.ts';
import { AddMembersButton } from './add-members.tsx';
import type { WorkspaceView } from './workspace-page.tsx';

type Member = NonNullable<WorkspaceMembersQuery['workspace']>['members']['nodes'][number];

/** Who is in the workspace, and as what. */
export function MembersTab({ workspace }: { workspace: WorkspaceView }) {
  const viewer = useViewer();
  const list = usePages(WorkspaceMembersDocument, { workspaceId: workspace.id }, (data) => data.workspace?.members);
  const isManaged = viewer.manages(workspace.id);
  return (
    <Stack gap="md">
      {isManaged && (
        <Group>
          <AddMembersButton workspaceId={workspace.id} known={list.items.map(({ user }) => user.id)} />
        </Group>
      )}
      {list.error !== undefined && <Failure error={list.error} />}
      {list.items.length === 0 && list.isLoading && <ListSkeleton rows={4} />}
      {list.items.length === 0 && list.isComplete && (
        <EmptyState icon={IconUsers} title={texts.membersEmptyTitle} text={texts.membersEmpty} />
      )}
      {list.items.length > 0 && (
        <DataTable
          label={texts.tabs.members}
          columns={toColumns(viewer, workspace, isManaged)}
          rows={list.items}
          toKey={({ id }) => id}
          onShow={list.show}
        />
      )}
    </Stack>
  );
}

function toColumns(viewer: Viewer, workspace: WorkspaceView, isManaged: boolean): readonly Column<Member>[] {
  const mayOpen = viewer.isOverseer || viewer.isManager;
  return [
    {
      name: texts.person,
      width: '2fr',
      render: ({ user }) => (
        <Stack gap={0}>
          <Group gap="xs" wrap="nowrap">
            {mayOpen ? (
              <Anchor component={Link} to={`/people/${user.id}`} size="sm" fw={600} truncate>
                {user.name}
              </Anchor>
            ) : (
              <Text size="sm" fw={600} truncate>
                {user.name}
              </Text>
            )}
            <LockdownBadge lockdown={user.lockdown} />
          </Group>
          <Text size="xs" c="dimmed" truncate>
            {user.email}
          </Text>
        </Stack>
      ),
    },
    {
      name: texts.memberRole,
      width: '1.2fr',
      narrowWidth: '130px',
      render: (member) =>
        isManaged ? <RoleSelect member={member} workspaceId={workspace.id} /> : <Text size="sm">{words.workspaceRole[member.role]}</Text>,
    },
    {
      name: texts.since,
      width: '1fr',
      isSecondary: true,
      render: ({ createdAt }) => (
        <Text size="sm">
          <TimeAgo at={createdAt} />
        </Text>
      ),
    },
    ...(isManaged
      ? [
          {
            name: texts.actions,
            width: '110px',
            isBelow: true,
            render: (member: Member) => <RemoveButton member={member} workspaceId={workspace.id} />,
          },
        ]
      : []),
  ];
}

function RoleSelect({ member, workspaceId }: { member: Member; workspaceId: string }) {
  const update = useChange(WorkspaceMemberUpdateDocument);
  return (
    <Select
      size="xs"
      aria-label={texts.roleOf(member.user.name)}
      allowDeselect={false}
      disabled={update.isRunning}
      data={Object.entries(words.workspaceRole).map(([value, label]) => ({ value, label }))}
      value={member.role}
      onChange={(role) => void update.run({ id: member.id, input: { role: role as WorkspaceRole } }, { subject: workspaceId })}
    />
  );
}

function RemoveButton({ member: { user }, workspaceId }: { member: Member; workspaceId: string }) {
  const { organizationId } = useViewer();
  const remove = useChange(WorkspaceMemberRemoveDocument);
  const end = async () => {
    if ((await remove.run({ input: { workspaceId, userIds: [user.id] } }, { subject: workspaceId })).ok) showDone(texts.removed);
  };
  const ask = () =>
    confirmCountedLoss(WorkspaceMemberLossesDocument, { organizationId, workspaceId, userId: user.id }, (data) => ({
      title: texts.removeMemberTitle(user.name),
      text: texts.removeMemberText(listLosses({ keys: data.organization?.apiKeys })),
      action: texts.removeMember,
      onConfirm: () => void end(),
    }));
  return (
    <Button
      size="compact-sm"
      variant="subtle"
      color="red"
      loading={remove.isRunning}
      aria-label={texts.removeMemberOf(user.name)}
      onClick={() => void ask()}
    >
      {texts.removeMember}
    </Button>
  );
}
