import { Button, Stack, Text } from '@mantine/core';
import { IconApps } from '@tabler/icons-react';
import { showDone, useChange } from '../../api/use-change.ts';
import { usePages } from '../../api/use-pages.ts';
import { useViewer } from '../../api/viewer.ts';
import { ClientsConsentRevokeDocument, ClientsDocument, type ClientsQuery } from '../../generated/graphql.ts';
import { confirmLoss } from '../../parts/confirm.tsx';
import { DataTable, type Column } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Failure } from '../../parts/failure.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { ListSkeleton } from '../../parts/page-skeleton.tsx';
import { TimeAgo } from '../../parts/time-ago.tsx';
import { texts } from '../../texts/clients.ts';

type Consent = NonNullable<ClientsQuery['user']>['consents']['nodes'][number];

/** What clients may do because the person said so. */
export function ClientsPage() {
  const { user } = useViewer();
  const list = usePages(ClientsDocument, { userId: user.id }, (data) => data.user?.consents);
  return (
    <>
      <PageHeader title={texts.title} lead={texts.lead} />
      {list.error !== undefined && <Failure error={list.error} />}
      {list.items.length === 0 && list.isLoading && <ListSkeleton rows={3} />}
      {list.items.length === 0 && list.isComplete && <EmptyState icon={IconApps} title={texts.emptyTitle} text={texts.empty} />}
      {list.items.length > 0 && (
        <DataTable label={texts.title} columns={columns} rows={list.items} toKey={({ id }) => id} onShow={list.show} />
      )}
    </>
  );
}

function RevokeButton({ consent }: { consent: Consent }) {
  const revoke = useChange(ClientsConsentRevokeDocument);
  const takeBack = async () => {
    if ((await revoke.run({ id: consent.id }, { subject: consent.id })).ok) showDone(texts.revoked);
  };
  return (
    <Button
      size="compact-sm"
      variant="subtle"
      color="red"
      loading={revoke.isRunning}
      aria-label={texts.revokeOf(consent.clientName, consent.mcpServer.name)}
      onClick={() =>
        confirmLoss({
          title: texts.revokeTitle(consent.clientName),
          text: texts.revokeText(consent.mcpServer.name),
          action: texts.revoke,
          onConfirm: () => void takeBack(),
        })
      }
    >
      {texts.revoke}
    </Button>
  );
}

function TwoLines({ first, second }: { first: string; second: string }) {
  return (
    <Stack gap={0}>
      <Text size="sm" fw={600} truncate>
        {first}
      </Text>
      <Text size="xs" c="dimmed" truncate title={second}>
        {second}
      </Text>
    </Stack>
  );
}

const columns: readonly Column<Consent>[] = [
  { name: texts.client, width: '2fr', render: ({ clientName, clientId }) => <TwoLines first={clientName} second={clientId} /> },
  { name: texts.server, width: '1.6fr', render: ({ mcpServer, workspace }) => <TwoLines first={mcpServer.name} second={workspace.name} /> },
  {
    name: texts.goesTo,
    width: '1.6fr',
    isSecondary: true,
    render: ({ redirectTargets }) => (
      <Text size="sm" truncate title={redirectTargets.join(', ')}>
        {redirectTargets.join(', ')}
      </Text>
    ),
  },
  {
    name: texts.used,
    width: '1fr',
    isSecondary: true,
    render: ({ lastUsedAt }) => (
      <Text size="sm">
        <TimeAgo at={lastUsedAt} />
      </Text>
    ),
  },
  { name: texts.actions, width: '110px', isBelow: true, render: (consent) => <RevokeButton consent={consent} /> },
];
