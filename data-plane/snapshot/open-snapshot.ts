import { setTimeout as delay } from 'node:timers/promises';
import { RedisKeys } from '../../contract/redis-keys.ts';
import type { Clock } from '../../foundation/clock.ts';
import type { Logger } from '../../foundation/logger.ts';
import { ConfigError } from '../../foundation/read-config.ts';
import type { DataPlaneConfig } from '../config.ts';
import { subscribeToChanges, type Subscription } from './change-subscription.ts';
import { EndedSessionWriter } from './ended-session-writer.ts';
import { GatewayReporter, type ProcessIdentity } from './gateway-reporter.ts';
import { LastGoodFile } from './last-good-file.ts';
import { LastGoodWriter } from './last-good-writer.ts';
import { loadRevision } from './load-revision.ts';
import { openCommandClient, waitForRefusal, type RedisClient } from './open-redis.ts';
import { RedisSnapshotSource } from './redis-snapshot-source.ts';
import { RoutingTable } from './routing-table.ts';
import { SnapshotHolder, type TableOrigin } from './snapshot-holder.ts';
import { SnapshotReader } from './snapshot-reader.ts';
import { describeRefusal, type SnapshotRefusal } from './snapshot-refusal.ts';

/** How often the pointer is read, in milliseconds, give or take a fifth so that a fleet does not ask in step. */
const POLL_MS = 1_000;
const POLL_JITTER = 0.2;
/** How long a process that has a last-good file waits for a Redis that does not refuse it before it starts from that file, in milliseconds. */
const FIRST_ANSWER_MS = 2_000;

/** What a snapshot is opened with. */
export interface SnapshotOptions {
  readonly config: Pick<DataPlaneConfig, 'redis' | 'gateway' | 'keyRing' | 'stateDir'>;
  readonly identity: ProcessIdentity;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Of several processes with one state directory, one keeps the file. All of them start from it. */
  readonly writesLastGoodFile: boolean;
  /** A table came into force. */
  readonly onApplied?: (table: RoutingTable) => void;
}

/** What `/readyz` says of the snapshot. */
export interface SnapshotReadiness {
  /** The revision that decides requests; null before the first. */
  readonly revision: number | null;
  /** Seconds since Redis last confirmed that revision; null if it never did. */
  readonly ageSeconds: number | null;
  readonly source: TableOrigin | null;
  /** The newest revision that was not applied, and why; null once it, or a later one, was. */
  readonly refused: { readonly revision: number; readonly reason: SnapshotRefusal['reason'] } | null;
}

/** Prepares the snapshot of this process; `start` brings it into force. */
export function openSnapshot(options: SnapshotOptions): Snapshot {
  return new Snapshot(options);
}

/** The snapshot of this process: read from Redis, kept current, kept on disk, and reported. */
export class Snapshot {
  readonly #options: SnapshotOptions;
  readonly #keys: RedisKeys;
  readonly #redis: RedisClient;
  readonly #holder: SnapshotHolder;
  readonly #file: LastGoodFile;
  readonly #writer: LastGoodWriter | undefined;
  readonly #reporter: GatewayReporter;
  readonly #reader: SnapshotReader;
  readonly #endings: EndedSessionWriter;
  #subscription: Subscription | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: SnapshotOptions) {
    const { config, clock, identity, logger } = options;
    this.#options = options;
    this.#keys = new RedisKeys(config.gateway);
    this.#redis = openCommandClient(config.redis);
    const source = new RedisSnapshotSource(this.#redis, this.#keys);
    this.#endings = new EndedSessionWriter(this.#redis, this.#keys);
    this.#holder = new SnapshotHolder(clock);
    this.#file = new LastGoodFile(config.stateDir, config.gateway);
    this.#writer = options.writesLastGoodFile ? new LastGoodWriter({ file: this.#file, source, logger }) : undefined;
    this.#reporter = new GatewayReporter({ identity, redis: this.#redis, keys: this.#keys, clock, facts: () => this.#holder.facts() });
    this.#reader = new SnapshotReader({
      source,
      holder: this.#holder,
      keyRing: config.keyRing,
      clock,
      logger,
      onApplied: (snapshot) => {
        options.onApplied?.(snapshot.table);
        this.#reporter.report();
        this.#writer?.save(snapshot);
      },
      onRefused: () => this.#reporter.report(),
    });
  }

  /** The table in force, or undefined before the first. A request takes it once. */
  current(): RoutingTable | undefined {
    return this.#holder.current();
  }

  readiness(): SnapshotReadiness {
    const { revision, source, confirmedAtMs, refused } = this.#holder.facts();
    const ageSeconds = confirmedAtMs === null ? null : Math.max(0, this.#options.clock.nowMs() - confirmedAtMs) / 1_000;
    // Anybody may ask, so of the fault only its kind: the rest has names in it.
    return { revision, source, ageSeconds, refused: refused && { revision: refused.revision, reason: refused.refusal.reason } };
  }

  /**
   * Resolves once a snapshot is in force, or once it is clear that there is none yet; from then on the process follows Redis.
   * @throws {ConfigError} where the encryption keys cannot be those of the control plane and there is nothing else to serve.
   */
  async start(): Promise<void> {
    const saved = await this.#loadSaved();
    if (saved !== undefined) this.#reader.stage(saved);
    const answer = this.#reader.refresh();
    await (saved === undefined ? answer : this.#waitForRedis(answer));
    if (this.current() === undefined) await this.#startWithoutRedis(saved);
    this.#reporter.start();
    this.#subscription = subscribeToChanges(this.#options.config.redis, this.#keys.changed(), () => void this.#reader.refresh());
    this.#poll();
  }

  /** The report of a process of this gateway as it stands in Redis; null where there is none. Rejects while Redis is away. */
  readReport(processId: string): Promise<string | null> {
    return this.#redis.hget(this.#keys.gateways(), processId);
  }

  /** The access token of a connection as it stands in Redis, sealed; null where there is none. Rejects while Redis is away. */
  readUpstreamToken(connectionId: string): Promise<string | null> {
    return this.#redis.get(this.#keys.upstreamToken(connectionId));
  }

  /** The reports of all processes of this gateway by their ids. Rejects while Redis is away. */
  readReports(): Promise<Readonly<Record<string, string>>> {
    return this.#redis.hgetall(this.#keys.gateways());
  }

  /** Notes a server whose lists changed, for the control plane. Rejects while Redis is away. */
  async noteListChange(serverId: string): Promise<void> {
    await this.#redis.sadd(this.#keys.changedLists(), serverId);
  }

  /** Tells the other processes that a client ended its session. Rejects while Redis is away. */
  rememberEnd(digest: string): Promise<void> {
    return this.#endings.write(digest);
  }

  /** Whether any process said so. Rejects while Redis is away. */
  async readEnd(digest: string): Promise<boolean> {
    return (await this.#redis.exists(this.#keys.endedSession(digest))) > 0;
  }

  /** Stops following Redis, saves what is not saved yet and takes the report back. The table stays in force. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#reader.stop();
    this.#subscription?.close();
    await this.#writer?.flush();
    await this.#reporter.stop();
    this.#redis.disconnect();
  }

  #poll(): void {
    const jitter = 1 + POLL_JITTER * (2 * Math.random() - 1);
    this.#timer = setTimeout(() => {
      void this.#reader.refresh();
      this.#poll();
    }, POLL_MS * jitter);
  }

  /** The connection was being made while the file was read, so by now it is often known that there is none. */
  async #waitForRedis(answer: Promise<void>): Promise<void> {
    await Promise.race([answer, waitForRefusal(this.#redis), delay(FIRST_ANSWER_MS, undefined, { ref: false })]);
  }

  /** The table of the last-good file, not in force yet: Redis may know better, and then needs to send only what changed. */
  async #loadSaved(): Promise<RoutingTable | undefined> {
    const saved = await this.#file.read();
    if (!saved.ok) return this.#ignoreSaved(saved.error, `it is ${saved.error.reason}`);
    if (saved.value === undefined) return undefined;
    const { revision } = saved.value;
    const { keyRing } = this.#options.config;
    const loaded = await loadRevision({ source: saved.value, keyRing, base: RoutingTable.empty, continuesBase: false }, revision);
    if (!loaded.ok) return this.#ignoreSaved(loaded.error, describeRefusal(loaded.error));
    const table = RoutingTable.empty.next(revision, loaded.value.changes);
    return table.ok ? table.value : this.#ignoreSaved(table.error, describeRefusal(table.error));
  }

  #ignoreSaved(fault: object, reason: string): undefined {
    const facts = { event: 'last_good_ignored', path: this.#file.path, fault };
    this.#options.logger.warn(facts, `The last-good file is not used: ${reason}. The process waits for Redis.`);
  }

  async #startWithoutRedis(saved: RoutingTable | undefined): Promise<void> {
    if (saved !== undefined) {
      this.#holder.apply({ revision: saved.revision, base: saved, changes: new Map(), origin: 'LAST_GOOD_FILE' });
      const facts = { event: 'started_from_last_good', revision: saved.revision, documents: saved.documents.size };
      this.#options.logger.warn(facts, 'Redis gives no usable snapshot; the process starts from the last good one.');
      return;
    }
    const refused = this.#holder.facts().refused;
    if (refused?.refusal.reason !== 'seal_not_openable') return;
    await this.stop();
    throw new ConfigError(`The snapshot of revision ${refused.revision} is not usable: ${describeRefusal(refused.refusal)}`);
  }
}
