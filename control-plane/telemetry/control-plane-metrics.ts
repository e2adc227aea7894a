import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ExportCounts } from '../../foundation/otlp/exporter.ts';
import type { Work, WorkOutcome } from './observer.ts';

/** What is looked up when the metrics are read. Undefined where it cannot be said at the moment. */
export interface StateFacts {
  /** The revision of the last mutation. */
  readonly committedRevision: number | undefined;
  /** The revision that gateways should run. */
  readonly publishedRevision: number | undefined;
  /** Mutations that wait to be published. */
  readonly waitingChanges: number | undefined;
  /** Tokens that should have been renewed ten seconds ago. */
  readonly overdueTokens: number | undefined;
  /** Processes of the gateway that report. */
  readonly gatewayProcesses: number | undefined;
  /** The oldest revision that one of them runs. */
  readonly oldestRevision: number | undefined;
  /** Bytes of events that Redis holds and nobody has written. */
  readonly trafficWaitingBytes: number | undefined;
}

/** Where the metrics come from. */
export interface ControlPlaneMetricSources {
  readonly readFacts: () => Promise<StateFacts>;
  /** Whether this process publishes. */
  readonly isPublishing: () => boolean;
  readonly isFailingToPublish: () => boolean;
  /** What became of the events that this process read, since it started. */
  readonly traffic: Readonly<Record<'written' | 'repeated' | 'unreadable', number>>;
  /** How attempts of applications to register ended, since the process started. */
  readonly registrations: Readonly<Record<'registered' | 'refused' | 'limited' | 'failed', number>>;
  /** Audit events that this process removed because their time was over. */
  readonly removedAuditEvents: () => number;
  readonly exports: () => ReadonlyMap<string, ExportCounts>;
}

/** Gauges of the library with the name of a counter, which Prometheus warns of. They are sums of what else is shown. */
const MISNAMED = ['handles', 'requests', 'resources'].map((kind) => `sluice_nodejs_active_${kind}_total`);

const BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

const FACTS: Readonly<Record<keyof StateFacts, readonly [name: string, help: string]>> = {
  committedRevision: ['sluice_committed_revision', 'Revision of the last change that was stored.'],
  publishedRevision: [
    'sluice_published_revision',
    'Revision that gateways should run; smaller than the committed one while something waits.',
  ],
  waitingChanges: ['sluice_waiting_changes', 'Changes that are stored and wait to be published.'],
  overdueTokens: ['sluice_overdue_tokens', 'Access tokens of upstreams that should have been renewed ten seconds ago.'],
  gatewayProcesses: ['sluice_gateway_processes', 'Processes of the gateway that report which revision they run.'],
  trafficWaitingBytes: ['sluice_traffic_waiting_bytes', 'Bytes of events that Redis holds and that are not in the log yet.'],
  oldestRevision: ['sluice_oldest_enforced_revision', 'Oldest revision that one of these processes runs; -1 where one has none.'],
};

/** The Prometheus metrics of one control-plane process. */
export class ControlPlaneMetrics {
  readonly registry = new Registry();
  readonly #ended: Counter<'work' | 'outcome'>;
  readonly #durations: Histogram<'work'>;

  constructor() {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry, prefix: 'sluice_' });
    for (const name of MISNAMED) this.registry.removeSingleMetric(name);
    this.#ended = new Counter({
      name: 'sluice_work_total',
      help: 'What the control plane did: GraphQL operations, publications, renewals of tokens, questions of data planes for tokens, health checks, writing of events; by how it ended.',
      labelNames: ['work', 'outcome'],
      registers,
    });
    this.#durations = new Histogram({
      name: 'sluice_work_duration_seconds',
      help: 'Seconds that it took.',
      labelNames: ['work'],
      buckets: BUCKETS_SECONDS,
      registers,
    });
  }

  note(work: Work, outcome: WorkOutcome, seconds: number): void {
    this.#ended.inc({ work, outcome });
    this.#durations.observe({ work }, seconds);
  }

  /** Adds what is read when somebody asks. */
  watch(sources: ControlPlaneMetricSources): void {
    this.#addFacts(sources.readFacts);
    addGauge(this.registry, 'sluice_publisher', 'Whether this process is the one that publishes (1) or stands by (0).', () =>
      Number(sources.isPublishing()),
    );
    addGauge(this.registry, 'sluice_publisher_failing', 'Whether publishing fails in this process (1): gateways keep what they have.', () =>
      Number(sources.isFailingToPublish()),
    );
    addOutcomes(
      this.registry,
      'sluice_traffic_ingested_total',
      'Events of interactions that this process read: written into the log, repeated (they were there already), or unreadable and set aside.',
      ['written', 'repeated', 'unreadable'],
      sources.traffic,
    );
    addOutcomes(
      this.registry,
      'sluice_client_registrations_total',
      'Attempts of applications to register: registered, refused for what they sent, limited because too many came at once, or failed by a fault of ours.',
      ['registered', 'refused', 'limited', 'failed'],
      sources.registrations,
    );
    addCounter(
      this.registry,
      'sluice_audit_events_removed_total',
      'Audit events that this process removed because their time was over.',
      sources.removedAuditEvents,
    );
    this.#addExports(sources.exports);
  }

  /** A registry asks all gauges at once, and they share one reading. */
  #addFacts(readFacts: () => Promise<StateFacts>): void {
    let reading: Promise<StateFacts> | undefined;
    const readOnce = () => (reading ??= readFacts().finally(() => void (reading = undefined)));
    for (const [fact, [name, help]] of Object.entries(FACTS)) {
      const gauge = new Gauge({
        name,
        help,
        registers: [this.registry],
        async collect() {
          const value = (await readOnce())[fact as keyof StateFacts];
          // What cannot be said is absent, not zero.
          if (value === undefined) gauge.remove();
          else gauge.set(value);
        },
      });
    }
  }

  #addExports(read: ControlPlaneMetricSources['exports']): void {
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
}

/** What is counted elsewhere, by how it ended. */
function addOutcomes<Outcome extends string>(
  registry: Registry,
  name: string,
  help: string,
  outcomes: readonly Outcome[],
  counts: Readonly<Record<Outcome, number>>,
): void {
  const counter = new Counter({
    name,
    help,
    labelNames: ['outcome'],
    registers: [registry],
    collect() {
      counter.reset();
      for (const outcome of outcomes) counter.inc({ outcome }, counts[outcome]);
    },
  });
}

function addCounter(registry: Registry, name: string, help: string, read: () => number): void {
  const counter = new Counter({
    name,
    help,
    registers: [registry],
    collect() {
      counter.reset();
      counter.inc(read());
    },
  });
}

function addGauge(registry: Registry, name: string, help: string, read: () => number): void {
  const gauge = new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      gauge.set(read());
    },
  });
}
