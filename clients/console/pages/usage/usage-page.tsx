import { BarChart, LineChart } from '@mantine/charts';
import '@mantine/charts/styles.css';
import { Card, Group, Select, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { IconChartBar } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo, type ReactNode } from 'react';
import { useRead } from '../../api/use-read.ts';
import { useViewer } from '../../api/viewer.ts';
import { UsageByDimensionDocument, UsageNamesDocument, UsageOverTimeDocument, type UsageOverTimeQuery } from '../../generated/graphql.ts';
import { DataTable, type Column } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Failure } from '../../parts/failure.tsx';
import { useNowMs } from '../../parts/now.ts';
import { PageHeader } from '../../parts/page-header.tsx';
import { ListSkeleton } from '../../parts/page-skeleton.tsx';
import { texts } from '../../texts/usage.ts';
import { words } from '../../texts/words.ts';
import { dimensions, periods } from './usage-search.ts';
import { toChart, toRange, toRows, type ChartPoint, type UsageRow } from './usage-view.ts';

const route = getRouteApi('/usage');

/** How much was called over a time, in charts and by whom. */
export function UsagePage() {
  const { organizationId } = useViewer();
  const { period = 'day', by = 'SERVER' } = route.useSearch();
  const navigate = route.useNavigate();
  const nowMs = useNowMs();
  // The same for as long as the present part lasts, so that the same question is not asked with each tick.
  const range = toRange(period, nowMs);
  const { since, until, interval } = range;
  const overTime = useRead(UsageOverTimeDocument, { organizationId, since, until, interval });
  const counted = useRead(UsageByDimensionDocument, { organizationId, since, until, groupBy: [by] });
  const names = useRead(UsageNamesDocument, { organizationId });
  const points = overTime.data?.usage;
  const rows = useMemo(() => toRows(counted.data?.usage ?? [], by, names.data), [counted.data, by, names.data]);
  const error = overTime.error ?? counted.error;
  const isEmpty = points !== undefined && points.every(({ calls }) => calls === 0);
  return (
    <>
      <PageHeader title={texts.title} lead={texts.lead}>
        <Select
          allowDeselect={false}
          aria-label={texts.period}
          data={periods.map((value) => ({ value, label: texts.periods[value] }))}
          value={period}
          onChange={(value) => void navigate({ search: (search) => ({ ...search, period: value ?? undefined }), replace: true })}
        />
      </PageHeader>
      {error !== undefined && <Failure error={error} onRetry={overTime.refresh} />}
      {overTime.isLoading && <ListSkeleton />}
      {isEmpty && <EmptyState icon={IconChartBar} title={texts.emptyTitle} text={texts.empty} />}
      {points !== undefined && !isEmpty && (
        <Stack gap="lg">
          <Totals points={points} />
          <Charts chart={toChart(points, range)} />
          <Group>
            <Text fw={600}>{texts.by}</Text>
            <Select
              allowDeselect={false}
              aria-label={texts.by}
              data={dimensions.map((value) => ({ value, label: texts.dimensions[value] }))}
              value={by}
              onChange={(value) => void navigate({ search: (search) => ({ ...search, by: value ?? undefined }), replace: true })}
            />
          </Group>
          <DataTable label={texts.dimensions[by]} columns={columns} rows={rows} toKey={({ key }) => key} />
        </Stack>
      )}
    </>
  );
}

function Totals({ points }: { points: UsageOverTimeQuery['usage'] }) {
  const sum = (pick: (point: UsageOverTimeQuery['usage'][number]) => number) => points.reduce((total, point) => total + pick(point), 0);
  const calls = sum((point) => point.calls);
  const errors = sum((point) => point.errors);
  const refusals = sum((point) => point.refusals);
  return (
    <SimpleGrid cols={{ base: 1, xs: 3 }}>
      <Total name={texts.calls} value={texts.number(calls)} />
      <Total name={texts.errors} value={`${texts.number(errors)} (${texts.errorRate(errors, calls)})`} />
      <Total name={texts.refusals} value={texts.number(refusals)} />
    </SimpleGrid>
  );
}

function Total({ name, value }: { name: string; value: string }) {
  return (
    <Card withBorder>
      <Text size="sm" c="dimmed">
        {name}
      </Text>
      <Text size="xl" fw={700}>
        {value}
      </Text>
    </Card>
  );
}

const CHART_HEIGHT = 220;

function Charts({ chart }: { chart: readonly ChartPoint[] }) {
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }}>
      <Chart title={texts.callsOverTime}>
        <BarChart
          h={CHART_HEIGHT}
          data={[...chart]}
          dataKey="label"
          type="stacked"
          yAxisProps={{ allowDecimals: false }}
          series={[
            { name: 'completed', label: texts.completed, color: 'blue.6' },
            { name: 'errors', label: texts.errors, color: 'orange.6' },
            { name: 'refusals', label: texts.refusals, color: 'yellow.6' },
          ]}
        />
      </Chart>
      <Chart title={texts.timeOverTime}>
        <LineChart
          h={CHART_HEIGHT}
          data={[...chart]}
          dataKey="label"
          dotProps={{ r: 3 }}
          connectNulls={false}
          series={[
            { name: 'p50Ms', label: texts.median, color: 'blue.6' },
            { name: 'p95Ms', label: texts.p95, color: 'grape.6' },
          ]}
        />
      </Chart>
    </SimpleGrid>
  );
}

function Chart({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Card withBorder>
      <Title order={2} size="h5" mb="sm">
        {title}
      </Title>
      {children}
    </Card>
  );
}

function Figure({ text }: { text: string }) {
  return (
    <Text size="sm" truncate>
      {text}
    </Text>
  );
}

const columns: readonly Column<UsageRow>[] = [
  {
    name: texts.name,
    width: '2fr',
    render: ({ name }) => (
      <Text size="sm" fw={600} truncate>
        {name}
      </Text>
    ),
  },
  { name: texts.calls, width: '1fr', render: ({ calls }) => <Figure text={texts.number(calls)} /> },
  { name: texts.errors, width: '1fr', render: ({ errors, calls }) => <Figure text={texts.errorRate(errors, calls)} /> },
  { name: texts.refusals, width: '1fr', isSecondary: true, render: ({ refusals }) => <Figure text={texts.number(refusals)} /> },
  { name: texts.median, width: '1.2fr', isSecondary: true, render: ({ p50Ms }) => <Figure text={words.duration(p50Ms)} /> },
  { name: texts.p95, width: '1.4fr', isSecondary: true, render: ({ p95Ms }) => <Figure text={words.duration(p95Ms)} /> },
  {
    name: texts.traffic,
    width: '1.2fr',
    isSecondary: true,
    render: ({ requestBytes, responseBytes }) => <Figure text={`${texts.bytes(requestBytes)} / ${texts.bytes(responseBytes)}`} />,
  },
];
