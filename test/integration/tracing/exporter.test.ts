import { afterEach, describe, expect, it } from 'vitest';
import { OtlpExporter } from '../../../foundation/otlp/exporter.ts';
import { encodeSpan, SPAN_KIND } from '../../../foundation/otlp/encoding.ts';
import type { OtlpSettings } from '../../../foundation/otlp/variables.ts';
import { makeSpanId } from '../../../foundation/trace-context.ts';
import { Secret } from '../../../foundation/secret.ts';
import { eventually } from '../../support/eventually.ts';
import { startOtlpReceiver, type OtlpReceiver } from '../../support/otlp-receiver.ts';

const TRACE = 'a'.repeat(32);
const opened: { close(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

async function startReceiver(port?: number): Promise<OtlpReceiver> {
  const receiver = await startOtlpReceiver(port);
  opened.push(receiver);
  return receiver;
}

function openExporter(endpoint: string, headers: OtlpSettings['headers'] = new Map()) {
  const lines: object[] = [];
  const logger = { warn: (line: object) => void lines.push(line), info: (line: object) => void lines.push(line) };
  const settings: OtlpSettings = {
    endpoint,
    headers,
    timeoutMs: 5_000,
    resource: [['team', 'a']],
    traces: true,
    metrics: true,
    logs: true,
    sampler: { name: 'always_on', ratio: 1 },
    batchDelayMs: 5,
    metricIntervalMs: 60_000,
  };
  const exporter = new OtlpExporter({
    settings,
    signal: 'traces',
    resource: { 'service.name': 'sluice-test' },
    version: '0',
    logger: logger as never,
  });
  opened.push(exporter);
  return { exporter, lines };
}

function span(name = 'x'): string {
  const ids = { traceId: TRACE, spanId: makeSpanId(), parentSpanId: undefined };
  return encodeSpan({ ...ids, name, kind: SPAN_KIND.internal, startMs: 0, endMs: 1, attributes: {}, isError: false });
}

describe('OtlpExporter', () => {
  it('sends spans together, with the resource and the headers', async () => {
    const receiver = await startReceiver();
    const { exporter } = openExporter(receiver.url, new Map([['authorization', new Secret('Basic x')]]));
    for (let i = 0; i < 600; i++) exporter.add(span());
    expect(await receiver.waitForTrace(TRACE, 600)).toHaveLength(600);
    await eventually(async () => expect(exporter.counts).toEqual({ exported: 600, dropped: 0, queued: 0 }));
    expect(receiver.requests).toBe(2);
    expect(receiver.headers[0]).toMatchObject({ authorization: 'Basic x', 'content-type': 'application/json' });
    expect(receiver.spans[0]!.service).toBe('sluice-test');
  });

  it('keeps a bounded number while the collector is away, counts the rest, and goes on when it is back', async () => {
    const first = await startOtlpReceiver();
    await first.close();
    const { exporter, lines } = openExporter(first.url);
    for (let i = 0; i < 20_000; i++) exporter.add(span());
    const { dropped, queued } = exporter.counts;
    expect(queued).toBeLessThanOrEqual(8_192);
    expect(dropped).toBeGreaterThanOrEqual(20_000 - 8_192 - 512);
    await eventually(async () => expect(lines).toHaveLength(1));
    expect(lines[0]).toMatchObject({ event: 'otlp_export_failed', signal: 'traces', reason: 'ECONNREFUSED' });
    const receiver = await startReceiver(Number(new URL(first.url).port));
    await receiver.waitForTrace(TRACE, 20_000 - dropped);
    await eventually(async () => expect(exporter.counts).toEqual({ exported: 20_000 - dropped, dropped, queued: 0 }));
    expect(lines[1]).toMatchObject({ event: 'otlp_export_recovered', dropped });
  });

  it('tries again what a collector has no room for, and gives up what it refuses', async () => {
    const receiver = await startReceiver();
    const { exporter } = openExporter(receiver.url);
    receiver.answerWith(400);
    exporter.add(span());
    await eventually(async () => expect(exporter.counts).toEqual({ exported: 0, dropped: 1, queued: 0 }));
    receiver.answerWith(503);
    exporter.add(span('late'));
    await eventually(async () => expect(receiver.requests).toBe(2));
    receiver.answerWith(200, { partialSuccess: { rejectedSpans: '1' } });
    await eventually(async () => expect(exporter.counts).toEqual({ exported: 0, dropped: 2, queued: 0 }));
    expect(receiver.spans.map(({ name }) => name)).toEqual(['late']);
  });

  it('sends what is left when the process stops, and waits for no collector that is away', async () => {
    const receiver = await startReceiver();
    const { exporter } = openExporter(receiver.url);
    exporter.add(span());
    await exporter.close();
    expect(receiver.spans).toHaveLength(1);
    await receiver.close();
    const { exporter: lonely } = openExporter(receiver.url);
    for (let i = 0; i < 1_500; i++) lonely.add(span());
    await lonely.close();
    expect(lonely.counts).toEqual({ exported: 0, dropped: 1_500, queued: 0 });
  });
});
