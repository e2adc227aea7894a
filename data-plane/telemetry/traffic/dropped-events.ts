import type { TrafficBatch } from './traffic-batch.ts';
import type { DropReason } from './traffic-sender.ts';

/** Events of one organization that were lost for one reason. */
export interface DroppedCount {
  /** Undefined where the events belong to no organization, or to one too many to tell apart. */
  readonly organizationId: string | undefined;
  readonly reason: DropReason;
  count: number;
  readonly sinceMs: number;
}

/** How many counts are told apart until they are reported. */
const MAX_COUNTS = 1_000;

/** The field of an event that names its organization, and the one that says how many it stands for. In texts, quotes are escaped. */
const ORGANIZATION = /,"g":"([^"\\]*)"/;
const ALREADY_DROPPED = /,"dc":(\d+)/;

/** Counts what is lost, until it is reported. */
export class DroppedEvents {
  /** By reason, since the process started. */
  readonly totals = new Map<DropReason, number>();
  readonly #counts = new Map<string, DroppedCount>();

  /** Counts the events of a batch. One that says how many were lost before stands for these, too. */
  addBatch({ lines }: TrafficBatch, reason: DropReason, nowMs: number): void {
    for (const line of lines.toString('utf8').split('\n')) {
      if (line === '') continue;
      const before = Number(ALREADY_DROPPED.exec(line)?.[1] ?? 0);
      this.add(ORGANIZATION.exec(line)?.[1], reason, 1 + before, nowMs);
    }
  }

  add(organizationId: string | undefined, reason: DropReason, count: number, nowMs: number): void {
    this.totals.set(reason, (this.totals.get(reason) ?? 0) + count);
    const key = `${reason} ${organizationId ?? ''}`;
    const isTold = this.#counts.has(key) || this.#counts.size < MAX_COUNTS;
    const known = this.#counts.get(isTold ? key : `${reason} `);
    if (known !== undefined) known.count += count;
    else if (isTold) this.#counts.set(key, { organizationId, reason, count, sinceMs: nowMs });
    else this.#counts.set(`${reason} `, { organizationId: undefined, reason, count, sinceMs: nowMs });
  }

  /** What was lost since the last time. */
  take(): DroppedCount[] {
    if (this.#counts.size === 0) return [];
    const taken = [...this.#counts.values()];
    this.#counts.clear();
    return taken;
  }
}
