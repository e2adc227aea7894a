import { expect, it } from 'vitest';
import { encodeMetrics } from './metrics.ts';

it('turns buckets that contain each other into buckets that stand beside each other, under both names', () => {
  const name = 'sluice_request_duration_seconds';
  const labels = { method: 'tools/call' };
  const values = [
    { metricName: `${name}_bucket`, labels: { ...labels, le: 0.1 }, value: 2 },
    { metricName: `${name}_bucket`, labels: { ...labels, le: 1 }, value: 3 },
    { metricName: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: 5 },
    { metricName: `${name}_sum`, labels, value: 12.5 },
    { metricName: `${name}_count`, labels, value: 5 },
  ];
  const aliases = new Map([[name, { name: 'mcp.server.operation.duration', labels: { method: 'mcp.method.name' } }]]);
  const [own, alias] = encodeMetrics([{ name, help: 'Seconds.', type: 'histogram', values }], aliases, 1_000, 2_000).map(
    (metric) => JSON.parse(metric) as { name: string; unit: string; histogram: { dataPoints: object[]; aggregationTemporality: number } },
  );
  expect(own).toMatchObject({ name, unit: 's', histogram: { aggregationTemporality: 2 } });
  expect(own!.histogram.dataPoints).toEqual([
    {
      attributes: [{ key: 'method', value: { stringValue: 'tools/call' } }],
      startTimeUnixNano: '1000000000',
      timeUnixNano: '2000000000',
      count: '5',
      sum: 12.5,
      explicitBounds: [0.1, 1],
      bucketCounts: ['2', '1', '2'],
    },
  ]);
  expect(alias).toMatchObject({
    name: 'mcp.server.operation.duration',
    histogram: { dataPoints: [{ attributes: [{ key: 'mcp.method.name', value: { stringValue: 'tools/call' } }] }] },
  });
});

it('tells what only grows from what goes up and down', () => {
  const values = [{ labels: {}, value: 3 }];
  const [counter, gauge] = encodeMetrics(
    [
      { name: 'sluice_x_total', help: 'Xs.', type: 'counter', values },
      { name: 'sluice_y', help: 'Ys.', type: 'gauge', values: [...values, { labels: {}, value: Number.NaN }] },
    ],
    new Map(),
    0,
    1,
  ).map((metric) => JSON.parse(metric) as unknown);
  expect(counter).toMatchObject({ sum: { isMonotonic: true, dataPoints: [{ asDouble: 3 }] } });
  expect(gauge).toMatchObject({ gauge: { dataPoints: [{ asDouble: 3 }] } });
});
