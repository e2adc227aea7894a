import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { ExportCounts } from '../../foundation/otlp/exporter.ts';
import type { MetricAliases } from '../../foundation/otlp/metrics.ts';
import type { Exchange, Outcome } from '../request/exchange.ts';
import { addDurationHistogram, type DurationsByMethod } from './duration-histogram.ts';
import { DurationTally } from './duration-tally.ts';

/** What the gauges read when they are scraped. */
export interface MetricSources {
  readonly openStreams: () => number;
  /** The revision in force; -1 before the first. */
  readonly revision: () => number;
  /** Seconds since Redis last confirmed the revision in force. */
  readonly snapshotAgeSeconds: () => number;
  /** How many servers are left alone at present. */
  readonly openBreakers: () => number;
  /** Sessions that bridges keep with upstreams, by what they bridge. */
  readonly sessions: () => Readonly<Record<string, number>>;
  /** Bridged calls that wait for their client to answer the upstream. */
  readonly parkedCalls: () => number;
  /** The revision that the process refuses to apply; -1 where it refuses none. */
  readonly refusedRevision: () => number;
  /** What became of what was to be exported, by signal. Empty where nothing is. */
  readonly exports: () => ReadonlyMap<string, ExportCounts>;
}

/** Method names become label values, so only those of the specification do; everything else is `other`. */
const KNOWN_METHODS: ReadonlySet<string> = new Set([
  'initialize',
  'ping',
  'server/discover',
  'tools/list',
  'tools/call',
  'prompts/list',
  'prompts/get',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'resources/subscribe',
  'resources/unsubscribe',
  'subscriptions/listen',
  'completion/complete',
  'logging/setLevel',
  'tasks/get',
  'tasks/update',
  'tasks/cancel',
  'tasks/list',
  'tasks/result',
  'notifications/initialized',
  'notifications/cancelled',
  'notifications/progress',
  'notifications/roots/list_changed',
]);

/** Names of the semantic conventions for MCP (OpenTelemetry, Generative AI, MCP metrics) for what is counted here. */
export const METRIC_ALIASES: MetricAliases = new Map([
  ['sluice_request_duration_seconds', { name: 'mcp.server.operation.duration', labels: { method: 'mcp.method.name' } }],
  ['sluice_upstream_head_seconds', { name: 'mcp.client.operation.duration', labels: { method: 'mcp.method.name' } }],
]);

/** Gauges of the library with the name of a counter, which Prometheus warns of. They are sums of what else is shown. */
const MISNAMED = ['handles', 'requests', 'resources'].map((kind) => `sluice_nodejs_active_${kind}_total`);

/** What one method has come to. Counted here and shown when it is scraped, because a library counter finds its labels anew each time. */
class MethodTally {
  readonly outcomes: Record<Outcome, number> = { completed: 0, relayed: 0, refused: 0, client_gone: 0, upstream_failed: 0, failed: 0 };
  readonly durations = new DurationTally();
  readonly upstreamDurations = new DurationTally();
  readonly addedDurations = new DurationTally();
}

/** The Prometheus metrics of one data-plane process. */
export class Metrics {
  readonly registry = new Registry();
  readonly #methods = new Map<string, MethodTally>();
  readonly #rejections: Counter<'reason'>;

  constructor(sources: MetricSources) {
    collectDefaultMetrics({ register: this.registry, prefix: 'sluice_' });
    for (const name of MISNAMED) this.registry.removeSingleMetric(name);
    this.#addRequestCounter();
    this.#rejections = new Counter({
      name: 'sluice_rejections_total',
      help: 'Requests that the gateway answered itself, by reason (docs/reference/errors.md).',
      labelNames: ['reason'],
      registers: [this.registry],
    });
    addDurationHistogram(this.registry, 'sluice_request_duration_seconds', 'Seconds from the request head to the end of the answer.', () =>
      this.#readDurations((tally) => tally.durations),
    );
    addDurationHistogram(
      this.registry,
      'sluice_upstream_head_seconds',
      'Seconds from sending the request upstream to the head of the answer.',
      () => this.#readDurations((tally) => tally.upstreamDurations),
    );
    addDurationHistogram(
      this.registry,
      'sluice_added_seconds',
      'Seconds from the request head to sending the request upstream: checks, and waiting for the body, for a limit and for a credential.',
      () => this.#readDurations((tally) => tally.addedDurations),
    );
    addGauge(this.registry, 'sluice_open_streams', 'Streams to clients that are open.', 'sum', sources.openStreams);
    addGauge(this.registry, 'sluice_snapshot_revision', 'Revision that decides requests; -1 before the first.', 'min', sources.revision);
    addGauge(
      this.registry,
      'sluice_snapshot_age_seconds',
      'Seconds since Redis confirmed the revision.',
      'max',
      sources.snapshotAgeSeconds,
    );
    addGauge(
      this.registry,
      'sluice_open_circuit_breakers',
      'Servers that are left alone because they do not answer.',
      'max',
      sources.openBreakers,
    );
    addGauge(
      this.registry,
      'sluice_refused_revision',
      'Newer revision that the process cannot apply; -1 where there is none. The one in force stays.',
      'max',
      sources.refusedRevision,
    );
    addGauge(
      this.registry,
      'sluice_parked_calls',
      'Bridged calls that wait for their client to answer the upstream.',
      'sum',
      sources.parkedCalls,
    );
    this.#addSessions(sources.sessions);
    this.#addExportCounts(sources.exports);
  }

  /** Counts one finished request. */
  note(exchange: Exchange, durationMs: number): void {
    const tally = this.#findTally(toMethodLabel(exchange));
    tally.outcomes[exchange.outcome]++;
    tally.durations.note(durationMs);
    const { addedMs, upstreamHeadMs } = exchange;
    if (addedMs !== undefined) tally.addedDurations.note(addedMs);
    if (upstreamHeadMs !== undefined) tally.upstreamDurations.note(upstreamHeadMs);
    if (exchange.rejection !== undefined) this.#rejections.inc({ reason: exchange.rejection.reason });
  }

  #findTally(method: string): MethodTally {
    let tally = this.#methods.get(method);
    if (tally === undefined) this.#methods.set(method, (tally = new MethodTally()));
    return tally;
  }

  #addRequestCounter(): void {
    const methods = this.#methods;
    const counter = new Counter({
      name: 'sluice_requests_total',
      help: 'Requests, by MCP method (or HTTP method where there is no message) and how they ended.',
      labelNames: ['method', 'outcome'],
      registers: [this.registry],
      collect() {
        counter.reset();
        for (const [method, { outcomes }] of methods) {
          for (const [outcome, count] of Object.entries(outcomes)) if (count > 0) counter.inc({ method, outcome }, count);
        }
      },
    });
  }

  #addSessions(read: MetricSources['sessions']): void {
    const gauge = new Gauge({
      name: 'sluice_sessions',
      help: 'Sessions that the process keeps itself: those of legacy clients on modern upstreams (up), those that modern clients share on legacy upstreams (down), and those on upstreams with HTTP and SSE (sse).',
      labelNames: ['bridge'],
      registers: [this.registry],
      collect() {
        for (const [bridge, count] of Object.entries(read())) gauge.set({ bridge }, count);
      },
    });
  }

  #addExportCounts(read: MetricSources['exports']): void {
    const items = new Counter({
      name: 'sluice_otlp_items_total',
      help: 'Spans, metrics and log lines for the OpenTelemetry collector, by signal and whether they were exported or dropped.',
      labelNames: ['signal', 'outcome'],
      registers: [this.registry],
      collect() {
        items.reset();
        for (const [signal, { exported, dropped }] of read()) {
          items.inc({ signal, outcome: 'exported' }, exported);
          items.inc({ signal, outcome: 'dropped' }, dropped);
        }
      },
    });
    const queue = new Gauge({
      name: 'sluice_otlp_queued_items',
      help: 'Spans, metrics and log lines that wait for the OpenTelemetry collector, by signal.',
      labelNames: ['signal'],
      registers: [this.registry],
      collect() {
        for (const [signal, { queued }] of read()) queue.set({ signal }, queued);
      },
    });
  }

  /** Only methods that have a duration: most never reach an upstream. */
  #readDurations(choose: (tally: MethodTally) => DurationTally): DurationsByMethod {
    return [...this.#methods]
      .map(([method, tally]) => [method, choose(tally)] as const)
      .filter(([, durations]) => durations.counts.some((count) => count > 0));
  }
}

function toMethodLabel(exchange: Exchange): string {
  const { message, req } = exchange;
  if (message === undefined) return req.method === 'GET' || req.method === 'DELETE' || req.method === 'OPTIONS' ? req.method : 'other';
  if (message.method === undefined) return message.kind;
  return KNOWN_METHODS.has(message.method) ? message.method : 'other';
}

/** @param aggregator what the values of several workers make together; the library would add up revisions. */
function addGauge(registry: Registry, name: string, help: string, aggregator: 'sum' | 'min' | 'max', read: () => number): void {
  registry.registerMetric(
    new Gauge({
      name,
      help,
      aggregator,
      registers: [],
      collect() {
        this.set(read());
      },
    }),
  );
}
