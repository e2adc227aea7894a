import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { AggregatorRegistry, type Registry } from 'prom-client';
import type { Logger } from '../foundation/logger.ts';
import { CONFIG_EXIT_CODE } from '../foundation/read-config.ts';
import type { ReadinessReport } from './request/answer-probe.ts';
import { exitAfter, type Stoppable } from './stop-on-signal.ts';

/** How long a worker may take to say whether it is ready, in milliseconds. */
const ANSWER_TIMEOUT_MS = 1_000;

/** How long after a crash its successor is started, in milliseconds, so that a worker that cannot start does not spin. */
const RESTART_DELAY_MS = 1_000;

/** What the primary sends to ask, and what a worker answers. */
interface ReadinessMessage {
  readonly sluice: 'readiness';
  readonly report?: ReadinessReport;
}

/** What the primary tells a worker: to leave, then to stop. */
interface StopMessage {
  readonly sluice: 'leave' | 'stop';
}

/** The processes that share one listening port, one per core. The primary only watches over them. */
export class WorkerPool {
  readonly #logger: Logger;
  readonly #registry = new AggregatorRegistry();
  #isStopping = false;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Starts the workers and resolves with the port once all of them listen. */
  async start(count: number): Promise<number> {
    const workers = Array.from({ length: count }, forkWorker);
    cluster.on('exit', (worker, code, signal) => this.#onExit(worker, code, signal));
    const addresses = await Promise.all(workers.map((worker) => once(worker, 'listening')));
    const [[address]] = addresses as [[{ port: number }]];
    return address.port;
  }

  /** The metrics of all workers, added up. */
  metrics(): Promise<string> {
    return this.#registry.clusterMetrics();
  }

  /** Ready while every worker is; the revision is the oldest one that decides requests. */
  async readiness(): Promise<ReadinessReport> {
    const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
    const reports = await Promise.all(workers.map(askReadiness));
    const known = reports.filter((report) => report !== undefined);
    const oldest = known.toSorted((a, b) => (a.revision ?? -1) - (b.revision ?? -1))[0];
    const base = oldest ?? { revision: null, ageSeconds: null, source: null };
    const refused = known.find((report) => report.refused !== null)?.refused ?? null;
    const isServing = !this.#isStopping && known.length === workers.length && known.length > 0;
    const isReady = isServing && known.every((report) => report.isReady);
    return { ...base, refused, isReady, isDraining: this.#isStopping };
  }

  /** Is no longer ready. */
  leave(): void {
    this.#isStopping = true;
    this.#tell({ sluice: 'leave' });
  }

  /** Lets every worker drain and waits until all are gone. */
  async stop(): Promise<void> {
    const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker?.isDead() === false);
    const gone = workers.map((worker) => new Promise((resolve) => worker!.once('exit', resolve)));
    this.#tell({ sluice: 'stop' });
    await Promise.all(gone);
  }

  /** By messages, because whoever stops a replica may signal all of its processes: a worker would hear of it twice, and cut its calls. */
  #tell(message: StopMessage): void {
    const onGone = () => undefined; // a worker that ended meanwhile needs no telling
    for (const worker of Object.values(cluster.workers ?? {})) worker?.send(message, onGone);
  }

  #onExit(worker: Worker, code: number | null, signal: string | null): void {
    if (this.#isStopping) return;
    // Its successor would read the same configuration; it has said what is wrong with it.
    if (code === CONFIG_EXIT_CODE) process.exit(CONFIG_EXIT_CODE);
    this.#logger.error({ event: 'worker_exited', worker: worker.id, code, signal });
    setTimeout(() => {
      if (!this.#isStopping) forkWorker();
    }, RESTART_DELAY_MS);
  }
}

/** A worker that is ending may close its channel just when it is told or asked something; that it is gone shows in its exit. */
function forkWorker(): Worker {
  const worker = cluster.fork();
  worker.on('error', () => undefined);
  return worker;
}

/** Lets a worker answer when the primary asks for its metrics. */
export function answerMetricsQuestions(registry: Registry): void {
  AggregatorRegistry.setRegistries([registry]);
  // The instance is of no use to a worker, but only making one installs the listener.
  void new AggregatorRegistry();
}

/** Lets a worker answer the primary's question. */
export function answerReadinessQuestions(readiness: () => ReadinessReport): void {
  process.on('message', (message: ReadinessMessage) => {
    if (message?.sluice === 'readiness') process.send?.({ sluice: 'readiness', report: readiness() } satisfies ReadinessMessage);
  });
}

/** Lets a worker stop when the primary says so, and only then. */
export function stopWhenTold(stoppable: Stoppable, logger: Logger): void {
  process.on('message', (message: StopMessage) => {
    if (message?.sluice === 'leave') stoppable.leave();
    else if (message?.sluice === 'stop') exitAfter(stoppable.stop(), logger);
  });
}

function askReadiness(worker: Worker): Promise<ReadinessReport | undefined> {
  return new Promise((resolve) => {
    const timeout = setTimeout(() => finish(undefined), ANSWER_TIMEOUT_MS);
    const onMessage = (message: ReadinessMessage) => {
      if (message?.sluice === 'readiness') finish(message.report);
    };
    function finish(report: ReadinessReport | undefined): void {
      clearTimeout(timeout);
      worker.off('message', onMessage);
      resolve(report);
    }
    worker.on('message', onMessage);
    worker.send({ sluice: 'readiness' } satisfies ReadinessMessage, (failure: Error | null) => {
      if (failure !== null) finish(undefined); // it ended meanwhile
    });
  });
}
