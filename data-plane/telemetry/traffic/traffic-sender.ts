import type { Logger } from '../../../foundation/logger.ts';
import type { TrafficStream } from './redis-traffic-stream.ts';
import type { TrafficBatch } from './traffic-batch.ts';
import { LEASE_RENEWAL_MS, type TrafficSpool } from './traffic-spool.ts';

/** Why events were lost. They are the words of `reason` in an event of the kind DROPPED. */
export const DROP_REASONS = [
  /** Redis was away or full, and the spool on disk held as much as it may. */
  'spool_full',
  /** The same, and the disk could not be written. */
  'spool_failed',
  /** More was reported at once than could be sent or written. */
  'memory_full',
  /** Unknown callers were refused more often than is worth a line each. */
  'unknown_callers',
] as const;

/** One of {@link DROP_REASONS}. */
export type DropReason = (typeof DROP_REASONS)[number];

/** Batches that one turn sends together. */
const BATCHES_AT_ONCE = 16;

/** What may wait in memory, in bytes. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

/** How long Redis is left alone after it failed, in milliseconds. */
const RETRY_MS = 500;

/** How long stopping waits for Redis before what is left goes to the disk, in milliseconds. */
const STOP_PATIENCE_MS = 3_000;

export interface TrafficSenderOptions {
  readonly stream: TrafficStream;
  readonly spool: TrafficSpool;
  readonly logger: Logger;
  readonly nowMs: () => number;
  readonly onDropped: (batch: TrafficBatch, reason: DropReason) => void;
}

/**
 * Brings batches to Redis in their order; while Redis does not take them, to the spool, and from there to Redis before anything newer.
 * A batch is let go of only once Redis said that it has it: one whose answer was lost goes out again, and is recognized by whoever keeps it.
 */
export class TrafficSender {
  readonly #options: TrafficSenderOptions;
  #waiting: TrafficBatch[] = [];
  #waitingBytes = 0;
  #turn: Promise<void> | undefined;
  #awayUntilMs = 0;
  #isAway = false;
  #renewedAtMs = 0;
  #stopAtMs = Number.POSITIVE_INFINITY;
  /** How many events Redis took. */
  sent = 0;

  constructor(options: TrafficSenderOptions) {
    this.#options = options;
  }

  /** Whether a further event would be kept, as far as is known. */
  get hasRoom(): boolean {
    return !this.#isAway || this.#options.spool.hasRoom;
  }

  /** How many events wait in memory. */
  get waiting(): number {
    return this.#waiting.reduce((sum, { count }) => sum + count, 0);
  }

  get spooledBytes(): number {
    return this.#options.spool.bytes;
  }

  push(batch: TrafficBatch): void {
    if (this.#waitingBytes + batch.lines.length > MAX_WAITING_BYTES) return this.#options.onDropped(batch, 'memory_full');
    this.#waiting.push(batch);
    this.#waitingBytes += batch.lines.length;
  }

  /** Goes on with what there is to do, unless that is under way. Called every now and then. */
  wake(): Promise<void> {
    this.#turn ??= this.#work().finally(() => void (this.#turn = undefined));
    return this.#turn;
  }

  /** Sends what is left, or leaves it on disk for the next process. */
  async stop(): Promise<void> {
    this.#stopAtMs = this.#options.nowMs() + STOP_PATIENCE_MS;
    await this.#turn;
    while (this.#waiting.length > 0 && !this.#isAway && this.#options.nowMs() < this.#stopAtMs) await this.#work();
    for (const batch of this.#take(Number.POSITIVE_INFINITY)) await this.#spool(batch, true);
    await this.#options.spool.close();
  }

  async #work(): Promise<void> {
    const { logger, nowMs, spool } = this.#options;
    try {
      if (nowMs() - this.#renewedAtMs >= LEASE_RENEWAL_MS) await this.#renewLease();
      if (nowMs() < this.#awayUntilMs) return await this.#spoolAll();
      if (spool.isEmpty) await this.#sendWaiting();
      else await this.#replay();
    } catch (cause) {
      // Nothing here is expected to throw; what waits stays where it is and is tried again.
      logger.error({ event: 'traffic_sender_failed', err: cause });
    }
  }

  async #renewLease(): Promise<void> {
    const { nowMs, spool } = this.#options;
    this.#renewedAtMs = nowMs();
    await spool.renewLease(nowMs());
    await spool.adopt(nowMs());
  }

  async #sendWaiting(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batches = this.#take(BATCHES_AT_ONCE);
      const left = await this.#send(batches);
      if (left.length === 0) continue;
      for (const batch of left) await this.#spool(batch);
      return this.#spoolAll();
    }
  }

  /** The oldest first. What is reported meanwhile waits behind it, on disk. */
  async #replay(): Promise<void> {
    const { spool } = this.#options;
    while (!spool.isEmpty && this.#options.nowMs() < this.#stopAtMs) {
      const { batches, bytes } = await spool.peek(BATCHES_AT_ONCE);
      const left = batches.length === 0 ? [] : await this.#send(batches);
      if (left.length > 0) return this.#spoolAll();
      spool.advance(bytes);
      if (!spool.isEmpty) await this.#spoolAll();
    }
  }

  /** Returns what Redis did not take. */
  async #send(batches: readonly TrafficBatch[]): Promise<TrafficBatch[]> {
    const { logger, nowMs, stream } = this.#options;
    const outcomes = await stream.add(batches);
    const left = batches.filter((_, i) => outcomes[i] !== 'added');
    // Only these: a command without an answer may still be sent, from the very memory that holds its lines.
    const added = batches.filter((_, i) => outcomes[i] === 'added');
    for (const batch of added) batch.release?.();
    this.sent += added.reduce((sum, { count }) => sum + count, 0);
    const isAway = left.length > 0;
    if (isAway && !this.#isAway) logger.warn({ event: 'traffic_spooling', reason: outcomes.find((outcome) => outcome !== 'added') });
    if (!isAway && this.#isAway) logger.info({ event: 'traffic_sending', spooledBytes: this.#options.spool.bytes });
    this.#isAway = isAway;
    this.#awayUntilMs = this.#isAway ? nowMs() + RETRY_MS : 0;
    return left;
  }

  async #spoolAll(): Promise<void> {
    for (const batch of this.#take(Number.POSITIVE_INFINITY)) await this.#spool(batch);
  }

  async #spool(batch: TrafficBatch, isUrgent = false): Promise<void> {
    const outcome = await this.#options.spool.push(batch, isUrgent);
    if (outcome !== 'kept') this.#options.onDropped(batch, outcome === 'full' ? 'spool_full' : 'spool_failed');
  }

  #take(most: number): TrafficBatch[] {
    const taken = this.#waiting.splice(0, most);
    this.#waitingBytes -= taken.reduce((sum, { lines }) => sum + lines.length, 0);
    return taken;
  }
}
