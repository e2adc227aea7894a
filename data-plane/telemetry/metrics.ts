import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Exchange } from '../request/exchange.ts';

/** What the gauges read when they are scraped. */
export interface MetricSources {
  readonly openStreams: () => number;
  /** The revision in force; -1 before the first. */
  readonly revision: () => number;
  /** Seconds since Redis last confirmed the revision in force. */
  readonly snapshotAgeSeconds: () => number;
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

const DURATION_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** The Prometheus metrics of one data-plane process. */
export class Metrics {
  readonly registry = new Registry();
  readonly #requests: Counter<'method' | 'outcome'>;
  readonly #rejections: Counter<'reason'>;
  readonly #durations: Histogram<'method'>;
  readonly #upstreamDurations: Histogram<'method'>;

  constructor(sources: MetricSources) {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry, prefix: 'sluice_' });
    this.#requests = new Counter({
      name: 'sluice_requests_total',
      help: 'Requests, by MCP method (or HTTP method where there is no message) and how they ended.',
      labelNames: ['method', 'outcome'],
      registers,
    });
    this.#rejections = new Counter({
      name: 'sluice_rejections_total',
      help: 'Requests that the gateway answered itself, by reason (docs/reference/errors.md).',
      labelNames: ['reason'],
      registers,
    });
    this.#durations = new Histogram({
      name: 'sluice_request_duration_seconds',
      help: 'Seconds from the request head to the end of the answer.',
      labelNames: ['method'],
      buckets: DURATION_BUCKETS_SECONDS,
      registers,
    });
    this.#upstreamDurations = new Histogram({
      name: 'sluice_upstream_head_seconds',
      help: 'Seconds from the request head to the head of the upstream answer.',
      labelNames: ['method'],
      buckets: DURATION_BUCKETS_SECONDS,
      registers,
    });
    addGauge(this.registry, 'sluice_open_streams', 'Streams to clients that are open.', sources.openStreams);
    addGauge(this.registry, 'sluice_snapshot_revision', 'Revision that decides requests; -1 before the first.', sources.revision);
    addGauge(this.registry, 'sluice_snapshot_age_seconds', 'Seconds since Redis confirmed the revision.', sources.snapshotAgeSeconds);
  }

  /** Counts one finished request. */
  note(exchange: Exchange, durationMs: number): void {
    const method = toMethodLabel(exchange);
    this.#requests.inc({ method, outcome: exchange.outcome });
    this.#durations.observe({ method }, durationMs / 1000);
    if (exchange.upstreamMs !== undefined) this.#upstreamDurations.observe({ method }, exchange.upstreamMs / 1000);
    if (exchange.rejection !== undefined) this.#rejections.inc({ reason: exchange.rejection.reason });
  }
}

function toMethodLabel(exchange: Exchange): string {
  const { message, req } = exchange;
  if (message === undefined) return req.method === 'GET' || req.method === 'DELETE' || req.method === 'OPTIONS' ? req.method : 'other';
  if (message.method === undefined) return message.kind;
  return KNOWN_METHODS.has(message.method) ? message.method : 'other';
}

function addGauge(registry: Registry, name: string, help: string, read: () => number): void {
  registry.registerMetric(
    new Gauge({
      name,
      help,
      registers: [],
      collect() {
        this.set(read());
      },
    }),
  );
}
