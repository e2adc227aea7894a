import type { Clock } from '../../foundation/clock.ts';
import { err, ok, type Result } from '../../foundation/result.ts';
import type { Caller } from '../request/caller.ts';
import type { Exchange } from '../request/exchange.ts';
import type { Rejection } from '../request/rejection.ts';
import type { Target } from '../request/target.ts';
import type { RoutingTable } from '../snapshot/routing-table.ts';
import { toLimitCounts, type LimitCount } from './limit-counts.ts';
import { ADMITTED, type LimitOutcome } from './limit-outcome.ts';
import { LocalCounts } from './local-counts.ts';
import { SLOT_LEASE_MS, type HeldSlot, type SharedCounts } from './shared-counts.ts';

/** What limits come to while Redis is away: a share for each process, no call that has a limit, or no limits at all. */
export type WithoutRedis = 'share' | 'refuse' | 'ignore';

export interface RateLimiterOptions {
  readonly counts: SharedCounts;
  readonly clock: Clock;
  readonly withoutRedis: WithoutRedis;
  /** Among how many processes at least a limit is shared out: those of this replica. */
  readonly workers: number;
}

/** For how long Redis is not asked again after it did not answer, in milliseconds: calls must not wait for it one by one. */
const AWAY_MS = 1_000;

/** How often slots are renewed, in milliseconds: a renewal may fail twice before a lease ends. */
const RENEW_MS = SLOT_LEASE_MS / 3;

const DONE: Result<void, Rejection> = ok(undefined);

/** Holds calls to the limits of their organization, over all processes of the gateway together. A call without limits costs a lookup. */
export class RateLimiter {
  readonly #options: RateLimiterOptions;
  readonly #local = new LocalCounts();
  readonly #held = new Map<string, readonly HeldSlot[]>();
  readonly #heldByKey = new Map<string, number>();
  readonly #renewal: NodeJS.Timeout;
  readonly #prefix = crypto.randomUUID();
  #lastCall = 0;
  #awayUntilMs = 0;

  constructor(options: RateLimiterOptions) {
    this.#options = options;
    this.#renewal = setInterval(() => this.#renew(), RENEW_MS);
    this.#renewal.unref();
  }

  /** How many calls hold slots. */
  get heldCalls(): number {
    return this.#held.size;
  }

  /** Undefined where nothing limits the call. A request that another process handed over was counted there. */
  admit(table: RoutingTable, exchange: Exchange, target: Target, caller: Caller): Promise<Result<void, Rejection>> | undefined {
    const { isRelayed, message } = exchange;
    const limits = table.findLimits(target.workspace.organizationId)?.find(target.workspace.id, target.server.id) ?? [];
    if (limits.length === 0 || isRelayed || message === undefined) return undefined;
    const counts = toLimitCounts(limits, { target, caller, message });
    return counts.length === 0 ? undefined : this.#admit(exchange, counts);
  }

  close(): void {
    clearInterval(this.#renewal);
  }

  async #admit(exchange: Exchange, counts: readonly LimitCount[]): Promise<Result<void, Rejection>> {
    const callId = `${this.#prefix}:${++this.#lastCall}`;
    // A subscription stays open for hours and works for nobody meanwhile.
    const takesSlots = exchange.message?.method !== 'subscriptions/listen';
    const limited = takesSlots ? counts : counts.map(withoutSlots);
    const slots = limited.filter(({ limit }) => limit.maxConcurrent !== undefined).map((count) => ({ callId, count }));
    const outcome = await this.#count(callId, limited, exchange.startedAtMs);
    if (outcome === 'unavailable') return err({ reason: 'limits_unavailable' });
    if (outcome.kind === 'full') return err(toRejection(outcome));
    if (slots.length > 0) this.#hold(callId, slots, exchange);
    return DONE;
  }

  async #count(callId: string, counts: readonly LimitCount[], nowMs: number): Promise<LimitOutcome | 'unavailable'> {
    const { counts: shared, clock } = this.#options;
    if (clock.nowMs() >= this.#awayUntilMs) {
      try {
        return await shared.admit(callId, counts);
      } catch {
        // An outage, which the snapshot reader reports; here it only means that nobody else can be asked.
        this.#awayUntilMs = clock.nowMs() + AWAY_MS;
      }
    }
    switch (this.#options.withoutRedis) {
      case 'refuse':
        return 'unavailable';
      case 'ignore':
        return ADMITTED;
      case 'share': {
        const processes = Math.max(shared.processes, this.#options.workers);
        return this.#local.admit(counts, processes, nowMs, (key) => this.#heldByKey.get(key) ?? 0);
      }
    }
  }

  /** Until the answer is complete or its client has left. */
  #hold(callId: string, slots: readonly HeldSlot[], exchange: Exchange): void {
    this.#held.set(callId, slots);
    for (const { count } of slots) this.#heldByKey.set(count.key, (this.#heldByKey.get(count.key) ?? 0) + 1);
    if (exchange.res.closed) return this.#release(callId);
    exchange.res.on('close', () => this.#release(callId));
  }

  #release(callId: string): void {
    const slots = this.#held.get(callId) ?? [];
    this.#held.delete(callId);
    for (const { count } of slots) {
      const left = (this.#heldByKey.get(count.key) ?? 1) - 1;
      if (left > 0) this.#heldByKey.set(count.key, left);
      else this.#heldByKey.delete(count.key);
    }
    // A slot that cannot be given back falls free with its lease.
    this.#options.counts.release(slots).catch(() => undefined);
  }

  #renew(): void {
    if (this.#held.size === 0) return;
    this.#options.counts.renew([...this.#held.values()].flat()).catch(() => undefined); // the next renewal is due before the lease ends
  }
}

function withoutSlots(count: LimitCount): LimitCount {
  return { ...count, limit: { ...count.limit, maxConcurrent: undefined } };
}

function toRejection({ bound, count, retryAfterMs }: Extract<LimitOutcome, { kind: 'full' }>): Rejection {
  const { id, maxConcurrent, rate } = count.limit;
  if (bound === 'concurrency') return { reason: 'concurrency_limited', limitId: id, maxConcurrent: maxConcurrent!, retryAfterMs };
  return { reason: 'rate_limited', limitId: id, maxRequests: rate!.maxRequests, windowMs: rate!.windowMs, retryAfterMs };
}
