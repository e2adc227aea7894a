import { Box, Group, Select } from '@mantine/core';
import { IconKey, IconSearch } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import { usePages } from '../../api/use-pages.ts';
import { useViewer, type Viewer } from '../../api/viewer.ts';
import { OrganizationKeysDocument, type OrganizationKeysQuery } from '../../generated/graphql.ts';
import { KeyTable, type KeyRow } from '../../parts/api-keys/key-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Failure } from '../../parts/failure.tsx';
import { FindField } from '../../parts/find-field.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { ListSkeleton } from '../../parts/page-skeleton.tsx';
import { texts } from '../../texts/api-keys.ts';
import type { OrganizationKeysSearch } from './route.ts';

type Key = NonNullable<OrganizationKeysQuery['organization']>['apiKeys']['nodes'][number];

const route = getRouteApi('/api-keys');

/** Every key that the person sees, whoever has it. */
export function OrganizationKeysPage() {
  const viewer = useViewer();
  const { find, state, kind } = route.useSearch();
  const filter = useMemo(
    () => ({ textContains: find, states: state === undefined ? undefined : [state], kinds: kind === undefined ? undefined : [kind] }),
    [find, state, kind],
  );
  const list = usePages(OrganizationKeysDocument, { organizationId: viewer.organizationId, filter }, (data) => data.organization?.apiKeys);
  const rows = list.items.map((key) => toRow(key, viewer));
  const isFiltered = [find, state, kind].some((value) => value !== undefined);
  return (
    <>
      <PageHeader title={texts.allTitle} lead={texts.allLead} />
      <Filters />
      {list.error !== undefined && <Failure error={list.error} />}
      {rows.length === 0 && list.isLoading && <ListSkeleton />}
      {rows.length === 0 && list.isComplete && isFiltered && (
        <EmptyState icon={IconSearch} title={texts.nothingFound} text={texts.nothingFoundText} />
      )}
      {rows.length === 0 && list.isComplete && !isFiltered && <EmptyState icon={IconKey} title={texts.emptyTitle} text={texts.emptyAll} />}
      {rows.length > 0 && <KeyTable label={texts.allTitle} aboutLabel={texts.whose} rows={rows} onShow={list.show} />}
    </>
  );
}

function Filters() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const change = (part: OrganizationKeysSearch) => void navigate({ search: { ...search, ...part }, replace: true });
  return (
    <Group gap="sm" align="flex-start" mb="md">
      <Box flex={1} miw={260} maw={360}>
        <FindField mb={0} label={texts.find} value={search.find} onChange={(find) => change({ find })} />
      </Box>
      <Choice
        label={texts.state}
        any={texts.anyState}
        words={texts.stateWords}
        value={search.state}
        onChange={(state) => change({ state })}
      />
      <Choice label={texts.kind} any={texts.anyKind} words={texts.kindWords} value={search.kind} onChange={(kind) => change({ kind })} />
    </Group>
  );
}

interface ChoiceProps<Value extends string> {
  readonly label: string;
  /** What it says while nothing is chosen. */
  readonly any: string;
  readonly words: Readonly<Record<Value, string>>;
  readonly value: Value | undefined;
  readonly onChange: (value: Value | undefined) => void;
}

function Choice<Value extends string>({ label, any, words, value, onChange }: ChoiceProps<Value>) {
  return (
    <Select
      aria-label={label}
      data={[{ value: '', label: any }, ...Object.entries<string>(words).map(([key, word]) => ({ value: key, label: word }))]}
      value={value ?? ''}
      allowDeselect={false}
      onChange={(chosen) => onChange(chosen === '' || chosen === null ? undefined : (chosen as Value))}
    />
  );
}

function toRow(key: Key, viewer: Viewer): KeyRow {
  const { user, workspace } = key;
  return {
    ...key,
    about: user?.name ?? texts.serviceKey,
    place: workspace?.name ?? texts.onlyApi,
    isMine: viewer.isAdmin || user?.id === viewer.user.id || (workspace != null && viewer.manages(workspace.id)),
  };
}
