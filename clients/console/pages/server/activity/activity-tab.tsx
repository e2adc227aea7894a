import { Anchor, Badge, Group, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { IconActivity } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useRead } from '../../../api/use-read.ts';
import { useViewer } from '../../../api/viewer.ts';
import {
  ServerActivityDocument,
  ServerActivityUsageDocument,
  type ServerActivityQuery,
  type ServerActivityUsageQuery,
} from '../../../generated/graphql.ts';
import { DataTable, type Column } from '../../../parts/data-table.tsx';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { Failure } from '../../../parts/failure.tsx';
import { useNowMs } from '../../../parts/now.ts';
import { outcomeColors } from '../../../parts/outcome-colors.ts';
import { ListSkeleton } from '../../../parts/page-skeleton.tsx';
import { TimeAgo } from '../../../parts/time-ago.tsx';
import { texts as interactionTexts } from '../../../texts/interactions.ts';
import { texts } from '../../../texts/server-activity.ts';
import { words } from '../../../texts/words.ts';
import type { ServerView } from '../server-view.ts';
import { HourBars } from './hour-bars.tsx';
import { toHours, toLastDay } from './hours.ts';

type Call = ServerActivityQuery['interactions']['nodes'][number];

/** What happens with the server: the last day in figures, and the latest calls. */
export function ActivityTab({ server }: { server: ServerView }) {
  const { organizationId } = useViewer();
  const filter = { mcpServerId: server.id };
  const latest = useRead(ServerActivityDocument, { organizationId, filter });
  const calls = latest.data?.interactions.nodes;
  return (
    <Stack gap="md">
      <LastDay serverId={server.id} />
      <Group justify="space-between">
        <Title order={2} size="h5">
          {texts.latest}
        </Title>
        <Anchor component={Link} to={`/interactions?server=${server.id}`} size="sm">
          {texts.all}
        </Anchor>
      </Group>
      {latest.error !== undefined && calls === undefined && <Failure error={latest.error} onRetry={latest.refresh} />}
      {latest.isLoading && <ListSkeleton />}
      {calls?.length === 0 && <EmptyState icon={IconActivity} title={texts.emptyTitle} text={texts.empty} />}
      {calls !== undefined && calls.length > 0 && <DataTable label={texts.latest} columns={columns} rows={calls} toKey={({ id }) => id} />}
    </Stack>
  );
}

function LastDay({ serverId }: { serverId: string }) {
  const { organizationId } = useViewer();
  const { since, until } = toLastDay(useNowMs());
  const { data, error, isLoading, refresh } = useRead(ServerActivityUsageDocument, {
    organizationId,
    filter: { mcpServerId: serverId },
    since,
    until,
  });
  if (isLoading) return <ListSkeleton rows={2} />;
  if (data === undefined) return <Failure error={error} onRetry={refresh} />;
  return (
    <Paper withBorder p="md">
      <Title order={2} size="h5" mb="sm">
        {texts.lastDay}
      </Title>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Figures day={data.day[0]} />
        <HourBars hours={toHours(since, data.hours)} />
      </SimpleGrid>
    </Paper>
  );
}

function Figures({ day }: { day: ServerActivityUsageQuery['day'][number] | undefined }) {
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }}>
      <Figure name={texts.calls} value={texts.number(day?.calls ?? 0)} />
      <Figure name={texts.errors} value={texts.number(day?.errors ?? 0)} />
      <Figure name={texts.refusals} value={texts.number(day?.refusals ?? 0)} />
      <Figure name={texts.slowest} value={words.duration(day?.p95Ms)} />
    </SimpleGrid>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {name}
      </Text>
      <Text size="lg" fw={700}>
        {value}
      </Text>
    </div>
  );
}

const columns: readonly Column<Call>[] = [
  {
    name: texts.when,
    width: '1.2fr',
    render: ({ occurredAt }) => (
      <Text size="sm">
        <TimeAgo at={occurredAt} />
      </Text>
    ),
  },
  {
    name: texts.what,
    width: '2.2fr',
    render: ({ kind, method, capabilityName }) => (
      <Stack gap={0}>
        <Text size="sm" fw={600} truncate>
          {capabilityName ?? method ?? interactionTexts.kinds[kind]}
        </Text>
        {capabilityName != null && (
          <Text size="xs" c="dimmed" truncate>
            {method}
          </Text>
        )}
      </Stack>
    ),
  },
  {
    name: texts.who,
    width: '1.6fr',
    isSecondary: true,
    render: ({ user, workspace }) => (
      <Text size="sm" truncate>
        {[user?.name, workspace?.name].filter((name) => name != null).join(' · ')}
      </Text>
    ),
  },
  {
    name: texts.outcome,
    width: '1.8fr',
    render: ({ outcome, reason, errorReason }) => (
      <Group gap={6} wrap="nowrap">
        <Badge variant="light" color={outcomeColors[outcome]} tt="none" flex="none">
          {interactionTexts.outcomes[outcome]}
        </Badge>
        <Text size="xs" c="dimmed" truncate visibleFrom="sm">
          {reason ?? errorReason}
        </Text>
      </Group>
    ),
  },
  { name: texts.took, width: '0.8fr', isSecondary: true, render: ({ totalMs }) => <Text size="sm">{words.duration(totalMs)}</Text> },
];
