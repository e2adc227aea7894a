import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { REPORT_INTERVAL_MS, type GatewayReport } from '../../contract/gateway-report.ts';
import type { RedisKeys } from '../../contract/redis-keys.ts';
import type { Clock } from '../../foundation/clock.ts';
import { productVersion } from '../../foundation/product-version.ts';
import type { RedisClient } from './open-redis.ts';
import type { SnapshotFacts } from './snapshot-holder.ts';
import { describeRefusal } from './snapshot-refusal.ts';

/** How the other processes of a gateway know this one. */
export interface ProcessIdentity {
  /** Unique among the processes of all replicas; new at each start. */
  readonly id: string;
  /** Where they reach it; undefined where they cannot. */
  readonly peerUrl: string | undefined;
}

/** How long stopping waits for a Redis that does not answer, in milliseconds. */
const REMOVAL_DEADLINE_MS = 1_000;

/** What a reporter works with. */
export interface GatewayReporterParts {
  readonly identity: ProcessIdentity;
  readonly redis: RedisClient;
  readonly keys: RedisKeys;
  readonly clock: Clock;
  facts(): SnapshotFacts;
}

/** Says in Redis which revision this process runs, so that automation can wait for "enforced". */
export class GatewayReporter {
  readonly #parts: GatewayReporterParts;
  readonly #startedAtMs: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: GatewayReporterParts) {
    this.#parts = parts;
    this.#startedAtMs = parts.clock.nowMs();
  }

  start(): void {
    this.report();
    this.#timer = setInterval(() => this.report(), REPORT_INTERVAL_MS);
  }

  /** Reports at once. A report that does not arrive is a Redis outage, which the reader reports; the next one follows by itself. */
  report(): void {
    const { identity, redis, keys } = this.#parts;
    redis.hset(keys.gateways(), identity.id, JSON.stringify(this.#toReport())).catch(() => undefined);
  }

  /** Stops and removes the report, so that nobody waits for this process. If that fails, the report expires. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    const { identity, keys, redis } = this.#parts;
    const removed = redis.hdel(keys.gateways(), identity.id).catch(() => undefined);
    await Promise.race([removed, delay(REMOVAL_DEADLINE_MS, undefined, { ref: false })]);
  }

  #toReport(): GatewayReport {
    const { revision, appliedAtMs, source, refused } = this.#parts.facts();
    return {
      id: this.#parts.identity.id,
      peerUrl: this.#parts.identity.peerUrl,
      host: hostname(),
      version: productVersion,
      startedAtMs: this.#startedAtMs,
      reportedAtMs: this.#parts.clock.nowMs(),
      revision,
      appliedAtMs,
      source,
      refused:
        refused === null
          ? null
          : { revision: refused.revision, reason: describeRefusal(refused.refusal), refusedAtMs: refused.refusedAtMs },
    };
  }
}
