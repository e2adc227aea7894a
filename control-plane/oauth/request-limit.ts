import { isIPv6 } from 'node:net';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../foundation/clock.ts';

/** What nobody has to be signed in for and costs something: a row, or a request to another host. */
export type LimitedRequest = 'register' | 'fetch_client';

/** How often, in one window. */
export interface RequestAllowance {
  readonly perAddress: number;
  readonly total: number;
}

export const WINDOW_MS = 10 * 60_000;

/** Counts requests of strangers in PostgreSQL, so that all control planes count together. */
export class RequestLimit {
  readonly #em: EntityManager;
  readonly #clock: Clock;
  readonly #allowances: Readonly<Record<LimitedRequest, RequestAllowance>>;

  constructor(em: EntityManager, clock: Clock, allowances: Readonly<Record<LimitedRequest, RequestAllowance>>) {
    this.#em = em;
    this.#clock = clock;
    this.#allowances = allowances;
  }

  /** Counts a request. How many seconds are left until another one is taken; undefined where this one is. */
  async take(request: LimitedRequest, address: string): Promise<number | undefined> {
    const { perAddress, total } = this.#allowances[request];
    const nowMs = this.#clock.nowMs();
    const windowMs = nowMs - (nowMs % WINDOW_MS);
    const retrySeconds = Math.ceil((windowMs + WINDOW_MS - nowMs) / 1_000);
    // The address first: one that is over its share uses up nothing of what all have together.
    if ((await this.#count(`${request}:${toNetwork(address)}`, windowMs)) > perAddress) return retrySeconds;
    return (await this.#count(request, windowMs)) > total ? retrySeconds : undefined;
  }

  async #count(name: string, windowMs: number): Promise<number> {
    const [row] = await this.#em.fork().execute<{ count: number }[]>(
      `INSERT INTO oauth_request_counts AS known (name, window_start, count) VALUES (?, ?, 1)
       ON CONFLICT (name, window_start) DO UPDATE SET count = known.count + 1 RETURNING count`,
      [name, new Date(windowMs)],
    );
    return row!.count;
  }
}

/** Whoever has one IPv6 address has 2^64 of them. */
export function toNetwork(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.split('%')[0]!.split('::');
  const [before, after] = [head.split(':').filter(Boolean), tail?.split(':').filter(Boolean) ?? []];
  const groups =
    tail === undefined ? before : [...before, ...Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0'), ...after];
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
