import { Client } from 'pg';
import { decodeTrafficEntry, TRAFFIC_SHARDS, type TrafficEvent } from '../../../contract/traffic-event.ts';
import type { Clock } from '../../../foundation/clock.ts';
import type { Logger } from '../../../foundation/logger.ts';
import type { WorkObserver } from '../../telemetry/index.ts';
import { withoutNul } from '../traffic-columns.ts';
import { makeTrafficPartitions } from '../traffic-partitions.ts';
import type { StreamEntry, TrafficStreams } from './traffic-streams.ts';
import { writeTrafficEvents } from './write-events.ts';

/** What reading and writing events needs. */
export interface TrafficIngestOptions {
  readonly databaseUrl: string;
  readonly streams: TrafficStreams;
  /** How long events are kept, in milliseconds. Older ones, from a spool that waited for too long, are not written any longer. */
  readonly retentionMs: number;
  readonly clock: Clock;
  readonly observer: WorkObserver;
  readonly logger: Logger;
  /** How often entries of readers that are gone are looked for, in milliseconds. */
  readonly claimMs?: number;
}

/** Entries that are read and written together: some thousand events. */
const ENTRIES_AT_ONCE = 32;

/** The pause after everything was read, and after something failed, in milliseconds. */
const IDLE_MS = 200;
const FAILURE_MS = 1_000;

const CLAIM_MS = 5_000;

/** How far into the future the clock of a data plane may be, in milliseconds. */
const MAX_AHEAD_MS = 3_600_000;

/** How long PostgreSQL may take to connect and to answer, in milliseconds. */
const PATIENCE = { connectionTimeoutMillis: 5_000, query_timeout: 60_000 };

/** How much of an unreadable entry is kept, in characters. */
const MAX_KEPT_CHARS = 65_536;

/** Errors of PostgreSQL that come from the data and not from its state: they come again however often it is tried. */
const DATA_ERRORS = /^2[123]|^54000$/;

/** What could not be written, and why. */
interface Unreadable {
  readonly entry: StreamEntry;
  readonly position: number;
  readonly fault: string;
  readonly body: string;
}

interface Decoded {
  readonly events: TrafficEvent[];
  readonly unreadable: Unreadable[];
}

/** Counts since the process started. */
export interface IngestCounts {
  /** Events that were written. */
  written: number;
  /** Events that were there already. */
  repeated: number;
  /** Lines and entries that were set aside. */
  unreadable: number;
  /** Times that writing failed. */
  failures: number;
}

/**
 * Brings what data planes report into the log. Any number of control planes do so together: each entry is one's at a time, is removed only
 * after it was committed, and becomes somebody else's when its reader is gone. Written twice, an event is kept once.
 */
export class TrafficIngest {
  readonly counts: IngestCounts = { written: 0, repeated: 0, unreadable: 0, failures: 0 };
  readonly #options: TrafficIngestOptions;
  #client: Client | undefined;
  #running: Promise<void> | undefined;
  #isStopping = false;
  #wakeUp: () => void = () => undefined;
  #claimedAtMs = 0;
  #hasFailed = false;
  /** Read and not written yet, because the database was away. */
  #held: StreamEntry[] = [];
  /** Days that are known to have a partition. */
  readonly #days = new Set<number>();

  constructor(options: TrafficIngestOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Finishes what is under way. What was read and not written goes to another control plane. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#wakeUp();
    await this.#running;
    await this.#disconnect();
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      const pauseMs = await this.#turn();
      if (pauseMs > 0) await this.#pause(pauseMs);
    }
  }

  /** Returns how long to wait before the next turn, in milliseconds. */
  async #turn(): Promise<number> {
    try {
      const isBusy = await this.#work();
      if (this.#hasFailed) this.#options.logger.info({ event: 'traffic_ingest_recovered' });
      this.#hasFailed = false;
      return isBusy ? 0 : IDLE_MS;
    } catch (cause) {
      this.counts.failures++;
      // Redis or PostgreSQL is away: told once, then it is tried again until they are back.
      if (!this.#hasFailed) this.#options.logger.warn({ event: 'traffic_ingest_failed', err: cause });
      this.#hasFailed = true;
      await this.#disconnect();
      return FAILURE_MS;
    }
  }

  /** Whether there may be more to do at once. */
  async #work(): Promise<boolean> {
    const { clock, streams } = this.#options;
    const shards = Array.from({ length: TRAFFIC_SHARDS }, (_, shard) => shard);
    if (this.#held.length === 0) {
      const read = await Promise.all(shards.map((shard) => streams.read(shard, ENTRIES_AT_ONCE)));
      this.#held = read.flat();
      if (clock.nowMs() - this.#claimedAtMs >= (this.#options.claimMs ?? CLAIM_MS)) this.#held.push(...(await this.#claim(shards)));
    }
    if (this.#held.length === 0) return false;
    await this.#options.observer.observe(
      { work: 'traffic_write' },
      () => this.#write(this.#held),
      () => 'written',
    );
    await Promise.all(shards.map((shard) => this.#remove(shard, this.#held)));
    this.#held = [];
    return true;
  }

  /** Those of others who are gone. */
  async #claim(shards: readonly number[]): Promise<StreamEntry[]> {
    const { clock, streams } = this.#options;
    this.#claimedAtMs = clock.nowMs();
    const claimed = await Promise.all(shards.map((shard) => streams.claim(shard, ENTRIES_AT_ONCE)));
    await Promise.all(shards.map((shard) => streams.forgetConsumers(shard)));
    return claimed.flat().filter((entry) => !this.#held.some(({ id, shard }) => id === entry.id && shard === entry.shard));
  }

  async #write(entries: readonly StreamEntry[]): Promise<void> {
    const decoded = entries.map((entry) => this.#decode(entry));
    try {
      await this.#commit(decoded);
    } catch (cause) {
      if (!isDataError(cause)) throw cause;
      // One of them has what the database does not take. Each by itself: the others must not suffer.
      for (const [i, entry] of entries.entries()) await this.#writeAlone(entry, decoded[i]!);
    }
  }

  async #writeAlone(entry: StreamEntry, decoded: Decoded): Promise<void> {
    try {
      await this.#commit([decoded]);
    } catch (cause) {
      if (!isDataError(cause)) throw cause;
      await this.#setAside(entry, `PostgreSQL refused it (${cause.code})`);
    }
  }

  async #commit(decoded: readonly Decoded[]): Promise<void> {
    const events = decoded.flatMap((part) => part.events);
    const unreadable = decoded.flatMap((part) => part.unreadable);
    const client = await this.#connect();
    await this.#makePartitions(client, events);
    await client.query('BEGIN');
    try {
      const written = await writeTrafficEvents(client, events);
      for (const part of unreadable) await keepUnreadable(client, part);
      await client.query('COMMIT');
      this.counts.written += written;
      this.counts.repeated += events.length - written;
      this.counts.unreadable += unreadable.length;
    } catch (cause) {
      await client.query('ROLLBACK').catch(() => undefined); // the connection is gone, and the transaction with it
      throw cause;
    }
  }

  #decode(entry: StreamEntry): Decoded {
    const { clock, retentionMs } = this.#options;
    const decoded = decodeTrafficEntry(entry.fields);
    const body = entry.fields.get('e') ?? '';
    if (!decoded.ok) return { events: [], unreadable: [{ entry, position: 0, fault: decoded.error, body }] };
    const unreadable = decoded.value.faults.map(({ line, fault }, position) => ({ entry, position, fault, body: line }));
    const [oldestMs, newestMs] = [clock.nowMs() - retentionMs, clock.nowMs() + MAX_AHEAD_MS];
    const isOfTheTime = ({ timeMs }: TrafficEvent) => timeMs >= oldestMs && timeMs <= newestMs;
    const outside = decoded.value.events.filter((event) => !isOfTheTime(event));
    outside.forEach(({ sequence, timeMs }) => {
      const fault = timeMs < oldestMs ? 'older than the log keeps' : 'from the future';
      unreadable.push({ entry, position: unreadable.length, fault, body: `event ${sequence}` });
    });
    return { events: decoded.value.events.filter(isOfTheTime), unreadable };
  }

  async #setAside(entry: StreamEntry, fault: string): Promise<void> {
    const client = await this.#connect();
    await keepUnreadable(client, { entry, position: -1, fault, body: entry.fields.get('e') ?? '' });
    this.counts.unreadable++;
    this.#options.logger.error({ event: 'traffic_entry_set_aside', entry: entry.id, fault });
  }

  async #remove(shard: number, entries: readonly StreamEntry[]): Promise<void> {
    const own = entries.filter((entry) => entry.shard === shard);
    if (own.length > 0) await this.#options.streams.remove(shard, own);
  }

  async #makePartitions(client: Client, events: readonly TrafficEvent[]): Promise<void> {
    const days = new Set(events.map(({ timeMs }) => Math.floor(timeMs / 86_400_000)));
    for (const day of days) {
      if (this.#days.has(day)) continue;
      await makeTrafficPartitions(client, day * 86_400_000, day * 86_400_000);
      this.#days.add(day);
    }
  }

  /** One connection of its own: the temporary tables belong to it. */
  async #connect(): Promise<Client> {
    if (this.#client !== undefined) return this.#client;
    const client = new Client({ connectionString: this.#options.databaseUrl, application_name: 'sluice-traffic', ...PATIENCE });
    client.on('error', () => void (this.#client = undefined)); // shows in the next statement
    await client.connect();
    this.#client = client;
    this.#days.clear();
    return client;
  }

  async #disconnect(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => undefined); // it was broken already
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

async function keepUnreadable(client: Client, { entry, position, fault, body }: Unreadable): Promise<void> {
  await client.query(
    `INSERT INTO traffic_unreadable (stream, entry, position, fault, body) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
    [String(entry.shard), entry.id, position, fault, withoutNul(body.slice(0, MAX_KEPT_CHARS))],
  );
}

function isDataError(cause: unknown): cause is Error & { readonly code: string } {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' && DATA_ERRORS.test(cause.code);
}
