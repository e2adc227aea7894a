import { Anchor, Badge, Stack, Text } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { usePages } from '../../api/use-pages.ts';
import { useViewer } from '../../api/viewer.ts';
import { PeopleDocument, type PeopleQuery } from '../../generated/graphql.ts';
import { DataTable, type Column } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Failure } from '../../parts/failure.tsx';
import { FindField } from '../../parts/find-field.tsx';
import { MissingPage } from '../../parts/missing-page.tsx';
import { LockdownBadge } from '../../parts/lockdown/lockdown-badge.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { ListSkeleton } from '../../parts/page-skeleton.tsx';
import { TimeAgo } from '../../parts/time-ago.tsx';
import { texts } from '../../texts/people.ts';
import { words } from '../../texts/words.ts';
import { AddPersonButton } from './add-person.tsx';

type Person = NonNullable<PeopleQuery['organization']>['users']['nodes'][number];

const route = getRouteApi('/people');

/** Everybody in the organization. */
export function PeoplePage() {
  const viewer = useViewer();
  const { find } = route.useSearch();
  const navigate = route.useNavigate();
  const list = usePages(
    PeopleDocument,
    { organizationId: viewer.organizationId, nameContains: find ?? null },
    (data) => data.organization?.users,
  );
  if (!viewer.isOverseer && !viewer.isManager) return <MissingPage />;
  return (
    <>
      <PageHeader title={texts.title} lead={texts.lead}>
        {viewer.isAdmin && <AddPersonButton />}
      </PageHeader>
      <FindField label={texts.find} value={find} onChange={(next) => void navigate({ search: { find: next }, replace: true })} />
      {list.error !== undefined && <Failure error={list.error} />}
      {list.items.length > 0 && (
        <DataTable label={texts.title} columns={columns} rows={list.items} toKey={({ id }) => id} onShow={list.show} />
      )}
      {list.items.length === 0 && list.isLoading && <ListSkeleton />}
      {list.items.length === 0 && list.isComplete && (
        <EmptyState icon={IconSearch} title={texts.nothingFound} text={texts.nothingFoundText} />
      )}
    </>
  );
}

const columns: readonly Column<Person>[] = [
  {
    name: texts.name,
    width: '2.4fr',
    render: ({ id, name, email }) => (
      <Stack gap={0}>
        <Anchor component={Link} to={`/people/${id}`} size="sm" fw={600} truncate>
          {name}
        </Anchor>
        <Text size="xs" c="dimmed" truncate>
          {email}
        </Text>
      </Stack>
    ),
  },
  { name: texts.role, width: '1fr', render: ({ role }) => <Text size="sm">{words.organizationRole[role]}</Text> },
  {
    name: texts.state,
    width: '1fr',
    render: ({ enabled, lockdown }) =>
      lockdown == null ? (
        <Badge variant="light" color={enabled ? 'green' : 'gray'} tt="none">
          {enabled ? texts.active : texts.disabled}
        </Badge>
      ) : (
        <LockdownBadge lockdown={lockdown} />
      ),
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
];
