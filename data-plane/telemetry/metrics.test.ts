import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { AggregatorRegistry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { Exchange, type Outcome } from '../request/exchange.ts';
import { Metrics } from './metrics.ts';

const EXPORTS = new Map([['traces', { exported: 5, dropped: 2, queued: 1 }]]);

function openMetrics(): Metrics {
  return new Metrics({
    openStreams: () => 3,
    revision: () => 7,
    snapshotAgeSeconds: () => 0.5,
    openBreakers: () => 0,
    sessions: () => ({ up: 1, down: 2, sse: 0 }),
    parkedCalls: () => 4,
    refusedRevision: () => -1,
    exports: () => EXPORTS,
  });
}

function finishedExchange(method: string, outcome: Outcome, upstreamMs?: number): Exchange {
  const req = new IncomingMessage(new Socket());
  req.method = 'POST';
  const exchange = new Exchange(req, new ServerResponse(req), 0);
  exchange.message = { kind: 'request', era: 'legacy', method, id: 1, name: undefined };
  exchange.outcome = outcome;
  exchange.addedMs = 0.2;
  exchange.upstreamHeadMs = upstreamMs;
  return exchange;
}

async function readSamples(metrics: Metrics): Promise<string[]> {
  return (await metrics.registry.metrics()).split('\n').filter((line) => line.startsWith('sluice_') && !line.startsWith('sluice_nodejs'));
}

describe('Metrics', () => {
  it('counts requests by method and outcome, however often it is scraped', async () => {
    const metrics = openMetrics();
    metrics.note(finishedExchange('tools/call', 'completed', 2), 3);
    metrics.note(finishedExchange('tools/call', 'completed', 2), 3);
    metrics.note(finishedExchange('tools/call', 'client_gone'), 3);
    await readSamples(metrics);
    const samples = await readSamples(metrics);
    expect(samples).toContain('sluice_requests_total{method="tools/call",outcome="completed"} 2');
    expect(samples).toContain('sluice_requests_total{method="tools/call",outcome="client_gone"} 1');
    expect(samples.join('\n')).not.toContain('outcome="refused"');
  });

  it('counts a duration in every bucket whose bound it does not exceed', async () => {
    const metrics = openMetrics();
    for (const durationMs of [1, 3, 120_000]) metrics.note(finishedExchange('tools/call', 'completed'), durationMs);
    const samples = await readSamples(metrics);
    const bucket = (le: string) =>
      samples.find((line) => line.startsWith('sluice_request_duration_seconds_bucket') && line.includes(`le="${le}"`));
    expect(bucket('0.001')?.endsWith(' 1')).toBe(true);
    expect(bucket('0.0025')?.endsWith(' 1')).toBe(true);
    expect(bucket('0.005')?.endsWith(' 2')).toBe(true);
    expect(bucket('60')?.endsWith(' 2')).toBe(true);
    expect(bucket('+Inf')?.endsWith(' 3')).toBe(true);
    expect(samples).toContain('sluice_request_duration_seconds_count{method="tools/call"} 3');
    expect(samples).toContain('sluice_request_duration_seconds_sum{method="tools/call"} 120.004');
  });

  it('shows upstream durations only of what reached an upstream', async () => {
    const metrics = openMetrics();
    metrics.note(finishedExchange('tools/call', 'completed', 2), 3);
    metrics.note(finishedExchange('ping', 'refused'), 1);
    const samples = (await readSamples(metrics)).filter((line) => line.startsWith('sluice_upstream_head_seconds_count'));
    expect(samples).toEqual(['sluice_upstream_head_seconds_count{method="tools/call"} 1']);
  });

  it('does not make a label of a method that a client invents', async () => {
    const metrics = openMetrics();
    metrics.note(finishedExchange('own/invention', 'completed'), 1);
    expect(await readSamples(metrics)).toContain('sluice_requests_total{method="other",outcome="completed"} 1');
  });

  it('shows what the gateway adds, finer than a millisecond', async () => {
    const metrics = openMetrics();
    metrics.note(finishedExchange('tools/call', 'completed', 2), 3);
    const samples = await readSamples(metrics);
    expect(samples).toContain('sluice_added_seconds_bucket{le="0.0001",method="tools/call"} 0');
    expect(samples).toContain('sluice_added_seconds_bucket{le="0.00025",method="tools/call"} 1');
    expect(samples).toContain('sluice_sessions{bridge="down"} 2');
    expect(samples).toContain('sluice_parked_calls 4');
  });

  it('says what became of what was to be exported', async () => {
    const samples = await readSamples(openMetrics());
    expect(samples).toContain('sluice_otlp_items_total{signal="traces",outcome="exported"} 5');
    expect(samples).toContain('sluice_otlp_items_total{signal="traces",outcome="dropped"} 2');
    expect(samples).toContain('sluice_otlp_queued_items{signal="traces"} 1');
  });

  it('adds up over workers', async () => {
    const workers = [openMetrics(), openMetrics()];
    for (const worker of workers) worker.note(finishedExchange('tools/call', 'completed', 2), 3);
    const reports = await Promise.all(workers.map((worker) => worker.registry.getMetricsAsJSON()));
    const text = await AggregatorRegistry.aggregate(reports).metrics();
    expect(text).toContain('sluice_requests_total{method="tools/call",outcome="completed"} 2');
    expect(text).toContain('sluice_upstream_head_seconds_bucket{le="+Inf",method="tools/call"} 2');
    expect(text).toContain('# TYPE sluice_upstream_head_seconds histogram');
  });
});
