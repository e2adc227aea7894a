import { Button, Group, NativeSelect, Select, Stack, Text, TextInput } from '@mantine/core';
import { IconChecklist, IconRefresh, IconSearch, IconTool } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { showDone, useChange } from '../../../api/use-change.ts';
import { usePages } from '../../../api/use-pages.ts';
import { useRead } from '../../../api/use-read.ts';
import { useViewer } from '../../../api/viewer.ts';
import {
  ServerCapabilitiesDocument,
  ServerCapabilitiesRefreshDocument,
  ServerCapabilityApproveDocument,
  ServerCapabilityGrantDocument,
  type AccessGrantCapabilityState,
  type CapabilityKind,
  type CapabilityRowFragment,
} from '../../../generated/graphql.ts';
import { confirmLoss } from '../../../parts/confirm.tsx';
import { DataTable } from '../../../parts/data-table.tsx';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { Failure } from '../../../parts/failure.tsx';
import { ListSkeleton } from '../../../parts/page-skeleton.tsx';
import { texts } from '../../../texts/capabilities.ts';
import type { ServerView } from '../server-view.ts';
import { CapabilityDetails } from './capability-details.tsx';
import { toCapabilityColumns } from './capability-columns.tsx';
import { ReviewPolicy } from './review-policy.tsx';

const route = getRouteApi('/servers/$slug');

/** What of all capabilities is shown. */
interface Filter {
  readonly kind?: CapabilityKind;
  readonly states?: readonly AccessGrantCapabilityState[];
}

const FILTERS: Readonly<Record<string, Filter>> = {
  waiting: { states: ['HELD', 'CHANGED'] },
  off: { states: ['DISABLED'] },
  gone: { states: ['GONE'] },
  tools: { kind: 'TOOL' },
  prompts: { kind: 'PROMPT' },
  resources: { kind: 'RESOURCE' },
  templates: { kind: 'RESOURCE_TEMPLATE' },
};

/** Single tools, prompts and resources, as one workspace has them. */
export function CapabilitiesTab({ server }: { server: ServerView }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const grants = server.accessGrants.nodes;
  const grant = grants.find(({ workspace }) => workspace.slug === search.workspace) ?? grants[0];
  if (grant === undefined) return <EmptyState icon={IconTool} title={texts.emptyTitle} text={texts.noWorkspace} />;
  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-end">
        <Text c="dimmed" maw={560}>
          {texts.lead}
        </Text>
        {grants.length > 1 && (
          <Select
            label={texts.workspace}
            allowDeselect={false}
            searchable
            data={grants.map(({ workspace }) => ({ value: workspace.slug, label: workspace.name }))}
            value={grant.workspace.slug}
            onChange={(workspace) => void navigate({ search: { ...search, workspace: workspace ?? undefined } })}
          />
        )}
      </Group>
      <Capabilities key={grant.id} server={server} grantId={grant.id} workspaceId={grant.workspace.id} />
    </Stack>
  );
}

function Capabilities({ server, grantId, workspaceId }: { server: ServerView; grantId: string; workspaceId: string }) {
  const mayWrite = useViewer().manages(workspaceId);
  const search = route.useSearch();
  const filter = FILTERS[search.show ?? ''] ?? {};
  const [openedId, setOpenedId] = useState<string>();
  const policy = useRead(ServerCapabilityGrantDocument, { grantId });
  const list = usePages(
    ServerCapabilitiesDocument,
    { grantId, kind: filter.kind ?? null, states: filter.states === undefined ? null : [...filter.states], search: search.find ?? null },
    (data) => data.accessGrant?.capabilities,
  );
  const opened = list.items.find(({ id }) => id === openedId);
  const waiting = policy.data?.accessGrant?.waitingCapabilityCount ?? 0;
  return (
    <>
      {policy.data?.accessGrant != null && <ReviewPolicy grant={policy.data.accessGrant} mayWrite={mayWrite} />}
      <Toolbar server={server} waiting={waiting} mayWrite={mayWrite}>
        {search.show === 'waiting' && mayWrite && list.items.length > 0 && <ApproveAll grantId={grantId} rows={list.items} />}
      </Toolbar>
      {list.error !== undefined && <Failure error={list.error} />}
      {list.items.length === 0 && list.isLoading && <ListSkeleton />}
      {list.items.length === 0 && list.isComplete && (
        <Nothing isFiltered={search.find !== undefined || search.show !== undefined} isQueue={search.show === 'waiting'} />
      )}
      {list.items.length > 0 && (
        <DataTable
          label={texts.all}
          rows={list.items}
          columns={toCapabilityColumns({ grantId, mayWrite, onOpen: setOpenedId })}
          toKey={({ id }) => id}
          onShow={list.show}
        />
      )}
      <CapabilityDetails grantId={grantId} row={opened} mayWrite={mayWrite} onClose={() => setOpenedId(undefined)} />
    </>
  );
}

function Toolbar({ server, waiting, mayWrite, children }: { server: ServerView; waiting: number; mayWrite: boolean; children: ReactNode }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const refresh = useChange(ServerCapabilitiesRefreshDocument);
  const readAgain = async () => {
    const outcome = await refresh.run({ id: server.id });
    if (outcome.ok) showDone(texts.refreshed(outcome.payload.found ?? 0));
  };
  return (
    <Group gap="sm">
      <TextInput
        flex={1}
        miw={200}
        aria-label={texts.find}
        placeholder={texts.find}
        leftSection={<IconSearch size={16} />}
        value={search.find ?? ''}
        onChange={({ currentTarget }) => void navigate({ search: { ...search, find: currentTarget.value || undefined }, replace: true })}
      />
      <NativeSelect
        aria-label={texts.show}
        value={search.show ?? ''}
        data={[
          { value: '', label: texts.all },
          { value: 'waiting', label: texts.waiting(waiting) },
          { value: 'tools', label: texts.tools },
          { value: 'prompts', label: texts.prompts },
          { value: 'resources', label: texts.resources },
          { value: 'templates', label: texts.templates },
          { value: 'off', label: texts.disabled },
          { value: 'gone', label: texts.gone },
        ]}
        onChange={({ currentTarget }) => void navigate({ search: { ...search, show: currentTarget.value || undefined } })}
      />
      {children}
      {mayWrite && (
        <Button variant="default" leftSection={<IconRefresh size={16} />} loading={refresh.isRunning} onClick={() => void readAgain()}>
          {texts.refresh}
        </Button>
      )}
    </Group>
  );
}

function ApproveAll({ grantId, rows }: { grantId: string; rows: readonly CapabilityRowFragment[] }) {
  const { run, isRunning } = useChange(ServerCapabilityApproveDocument);
  const approvals = rows.map(({ capability }) => ({ capabilityId: capability.id, definitionDigest: capability.definitionDigest }));
  const approve = async () => {
    if ((await run({ id: grantId, input: { approvals } }, { subject: grantId })).ok) showDone(texts.approved);
  };
  return (
    <Button
      loading={isRunning}
      leftSection={<IconChecklist size={16} />}
      onClick={() =>
        confirmLoss({
          title: texts.reviewAllTitle(rows.length),
          text: texts.reviewAllText,
          action: texts.approve,
          onConfirm: () => void approve(),
        })
      }
    >
      {texts.reviewAll}
    </Button>
  );
}

function Nothing({ isFiltered, isQueue }: { isFiltered: boolean; isQueue: boolean }) {
  if (isQueue) return <EmptyState icon={IconChecklist} title={texts.nothingWaitsTitle} text={texts.nothingWaits} />;
  if (isFiltered) return <EmptyState icon={IconSearch} title={texts.nothingTitle} text={texts.nothing} />;
  return <EmptyState icon={IconTool} title={texts.emptyTitle} text={texts.empty} />;
}
