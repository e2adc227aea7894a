import { Badge, Stack, Text, Tooltip } from '@mantine/core';
import { IconBroadcast, IconPlugConnectedX } from '@tabler/icons-react';
import { useEffect, useMemo } from 'react';
import { useRead } from '../../api/use-read.ts';
import { GatewaysDocument, type GatewaysQuery } from '../../generated/graphql.ts';
import { DataTable, type Column } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Failure } from '../../parts/failure.tsx';
import { TimeAgo } from '../../parts/time-ago.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { ListSkeleton } from '../../parts/page-skeleton.tsx';
import { texts } from '../../texts/gateways.ts';

type Gateway = NonNullable<GatewaysQuery['gateways']>[number];

/** How often processes are looked at; they come and go without a change to the configuration. */
const LOOK_MS = 5_000;

/** The data-plane processes that live, and which revision each of them enforces. */
export function GatewaysPage() {
  const { data, error, isLoading, refresh } = useRead(GatewaysDocument, {});
  useEffect(() => {
    const timer = setInterval(refresh, LOOK_MS);
    return () => clearInterval(timer);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- one timer for as long as the page is shown
  }, []);
  const gateways = data?.gateways;
  const columns = useMemo(() => toColumns(findNewest(gateways ?? [])), [gateways]);
  return (
    <>
      <PageHeader title={texts.title} lead={texts.lead} />
      {error !== undefined && <Failure error={error} onRetry={refresh} />}
      {isLoading && <ListSkeleton />}
      {data !== undefined && gateways == null && <EmptyState icon={IconPlugConnectedX} title={texts.unknownTitle} text={texts.unknown} />}
      {gateways?.length === 0 && <EmptyState icon={IconBroadcast} title={texts.emptyTitle} text={texts.empty} />}
      {gateways != null && gateways.length > 0 && (
        <DataTable label={texts.title} columns={columns} rows={gateways} toKey={({ id }) => id} />
      )}
    </>
  );
}

function findNewest(gateways: readonly Gateway[]): number {
  return Math.max(0, ...gateways.map(({ revision }) => revision ?? 0));
}

function toColumns(newest: number): readonly Column<Gateway>[] {
  return [
    {
      name: texts.gateway,
      width: '2fr',
      render: ({ id, host, version }) => (
        <Stack gap={0}>
          <Text fw={600} truncate>
            {host}
          </Text>
          <Text size="xs" c="dimmed" truncate>
            {id} · {version}
          </Text>
        </Stack>
      ),
    },
    { name: texts.state, width: '1.4fr', narrowWidth: '104px', render: (gateway) => <GatewayState gateway={gateway} newest={newest} /> },
    { name: texts.revision, width: '0.8fr', narrowWidth: '66px', render: ({ revision }) => <Text size="sm">{revision ?? '–'}</Text> },
    {
      name: texts.since,
      width: '1fr',
      isSecondary: true,
      render: ({ appliedAt }) => <Since at={appliedAt} />,
    },
    { name: texts.started, width: '1fr', isSecondary: true, render: ({ startedAt }) => <Since at={startedAt} /> },
  ];
}

function Since({ at }: { at: string | null | undefined }) {
  return (
    <Text size="sm" component="div" truncate>
      {at == null ? '–' : <TimeAgo at={at} />}
    </Text>
  );
}

function GatewayState({ gateway, newest }: { gateway: Gateway; newest: number }) {
  const { refused, revision, source } = gateway;
  if (refused != null) return <StateBadge color="red" label={texts.refused(refused.revision)} hint={refused.reason} />;
  if (revision == null) return <StateBadge color="red" label={texts.waiting} />;
  if (source === 'LAST_GOOD_FILE') return <StateBadge color="yellow" label={texts.fromDisk} hint={texts.fromDiskHint} />;
  return revision < newest ? <StateBadge color="yellow" label={texts.behind} /> : <StateBadge color="green" label={texts.current} />;
}

function StateBadge({ color, label, hint }: { color: string; label: string; hint?: string }) {
  return (
    <Tooltip label={hint} disabled={hint === undefined} maw={360} multiline events={{ hover: true, focus: true, touch: true }}>
      <Badge variant="light" color={color} tt="none" tabIndex={hint === undefined ? undefined : 0}>
        {label}
      </Badge>
    </Tooltip>
  );
}
