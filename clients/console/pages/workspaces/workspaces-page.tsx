import { Anchor, Badge, Group, Stack, Text } from '@mantine/core';
import { IconSearch, IconUsersGroup } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { usePages } from '../../api/use-pages.ts';
import { useViewer, type Viewer } from '../../api/viewer.ts';
import { WorkspacesDocument, type WorkspacesQuery } from '../../generated/graphql.ts';
import { DataTable, type Column } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Failure } from '../../parts/failure.tsx';
import { FindField } from '../../parts/find-field.tsx';
import { LockdownBadge } from '../../parts/lockdown/lockdown-badge.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { ListSkeleton } from '../../parts/page-skeleton.tsx';
import { TimeAgo } from '../../parts/time-ago.tsx';
import { words } from '../../texts/words.ts';
import { texts } from '../../texts/workspaces.ts';
import { NewWorkspaceButton } from './new-workspace.tsx';

type Workspace = NonNullable<WorkspacesQuery['organization']>['workspaces']['nodes'][number];

const route = getRouteApi('/workspaces');

/** The workspaces that the person sees. */
export function WorkspacesPage() {
  const viewer = useViewer();
  const { find } = route.useSearch();
  const navigate = route.useNavigate();
  const list = usePages(
    WorkspacesDocument,
    { organizationId: viewer.organizationId, nameContains: find ?? null },
    (data) => data.organization?.workspaces,
  );
  const isEmpty = list.items.length === 0 && list.isComplete;
  return (
    <>
      <PageHeader title={texts.title} lead={texts.lead}>
        {viewer.isAdmin && <NewWorkspaceButton />}
      </PageHeader>
      <FindField label={texts.find} value={find} onChange={(next) => void navigate({ search: { find: next }, replace: true })} />
      {list.error !== undefined && <Failure error={list.error} />}
      {list.items.length > 0 && (
        <DataTable label={texts.title} columns={toColumns(viewer)} rows={list.items} toKey={({ id }) => id} onShow={list.show} />
      )}
      {list.items.length === 0 && list.isLoading && <ListSkeleton />}
      {isEmpty && find !== undefined && <EmptyState icon={IconSearch} title={texts.nothingFound} text={texts.nothingFoundText} />}
      {isEmpty && find === undefined && (
        <EmptyState icon={IconUsersGroup} title={texts.emptyTitle} text={viewer.isAdmin ? texts.empty : texts.emptyMember} />
      )}
    </>
  );
}

function toColumns(viewer: Viewer): readonly Column<Workspace>[] {
  return [
    {
      name: texts.name,
      width: '2.5fr',
      render: ({ slug, name, ...stopped }) => (
        <Stack gap={0}>
          <Group gap="xs" wrap="nowrap">
            <Anchor component={Link} to={`/workspaces/${slug}`} fw={600} truncate>
              {name}
            </Anchor>
            <LockdownBadge {...stopped} />
          </Group>
          <Text size="xs" c="dimmed" truncate>
            {slug}
          </Text>
        </Stack>
      ),
    },
    { name: texts.role, width: '1fr', render: ({ id }) => <Text size="sm">{findRole(viewer, id)}</Text> },
    {
      name: texts.waiting,
      width: '1fr',
      isSecondary: true,
      render: ({ waitingCapabilityCount: count }) =>
        count > 0 ? (
          <Badge variant="light" color="yellow">
            {count}
          </Badge>
        ) : (
          texts.notIn
        ),
    },
    {
      name: texts.createdAt,
      width: '1fr',
      isSecondary: true,
      render: ({ createdAt }) => (
        <Text size="sm">
          <TimeAgo at={createdAt} />
        </Text>
      ),
    },
  ];
}

function findRole({ user }: Viewer, workspaceId: string): string {
  const membership = user.memberships.nodes.find(({ workspace }) => workspace.id === workspaceId);
  return membership === undefined ? texts.notIn : words.workspaceRole[membership.role];
}
