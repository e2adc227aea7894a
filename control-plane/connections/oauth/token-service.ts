import type { UpstreamTokenAnswer, UpstreamTokenQuestion } from '../../../contract/upstream-token.ts';
import type { Clock } from '../../../foundation/clock.ts';
import type { ConnectionLocks } from './connection-locks.ts';
import type { TokenRenewal } from './token-renewal.ts';
import type { TokenRecord, TokenStore } from './token-store.ts';
import type { UpstreamTokenCache } from './upstream-token-cache.ts';

/** A token that ends this soon is not given out, in milliseconds: it has a way to go. */
const SHORTEST_LIFETIME_MS = 1_000;
/** When to ask again where nothing better is known, in milliseconds. */
const BUSY_PAUSE_MS = 1_000;
/** A renewal, and one more where the token that it gave was refused in the meantime. */
const MAX_ROUNDS = 3;

/** What the service works with. */
export interface TokenServiceParts {
  readonly store: TokenStore;
  readonly cache: UpstreamTokenCache;
  readonly locks: ConnectionLocks;
  readonly renewal: TokenRenewal;
  readonly clock: Clock;
}

/** Access tokens on demand: however many ask, in however many processes, one request reaches the authorization server. */
export class TokenService {
  readonly #parts: TokenServiceParts;
  /** Renewals under way in this process, by the token that they replace. */
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(parts: TokenServiceParts) {
    this.#parts = parts;
  }

  /** The token that is good now. One that the upstream refused is replaced if it is still the current one. */
  async answer({ connectionId, refusedSerial, missingScopes }: UpstreamTokenQuestion): Promise<UpstreamTokenAnswer> {
    if (missingScopes !== undefined) return this.#widen(connectionId, refusedSerial, missingScopes);
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const record = await this.#parts.store.read(connectionId);
      if (record === undefined || record.row.state === 'NEEDS_AUTHORIZATION') return { outcome: 'needs_authorization' };
      const isRefused = refusedSerial !== undefined && refusedSerial >= record.row.serial;
      if (!isRefused && !this.#isDue(record)) return this.#give(record);
      const pauseMs = this.#findPause(record);
      const canTry = round < MAX_ROUNDS - 1 && pauseMs === 0;
      if (canTry) await this.renew(connectionId, record.row.serial);
      else
        return !isRefused && this.#isUsable(record)
          ? this.#give(record)
          : { outcome: 'unavailable', retryAfterMs: pauseMs || BUSY_PAUSE_MS };
    }
    return { outcome: 'unavailable', retryAfterMs: BUSY_PAUSE_MS };
  }

  /** Replaces the token of this serial, unless somebody has done so already. What came of it is in the store. */
  async renew(connectionId: string, serial: number): Promise<void> {
    const name = `${connectionId}:${serial}`;
    const underWay = this.#underWay.get(name) ?? this.#renewAlone(connectionId, serial).finally(() => this.#underWay.delete(name));
    this.#underWay.set(name, underWay);
    await underWay;
  }

  /** Puts every token back into Redis that is not there. Stops where Redis takes none. */
  async restoreAll(): Promise<void> {
    const { store, cache, clock } = this.#parts;
    for await (const rows of store.listHolders(200)) {
      for (const row of rows) if (!(await cache.restore(row, store.open(row), clock.nowMs()))) return;
    }
  }

  async #renewAlone(connectionId: string, serial: number): Promise<void> {
    const { locks, store, renewal } = this.#parts;
    await locks.run(connectionId, async () => {
      const record = await store.read(connectionId);
      const isCurrent = record?.row.serial === serial && record.row.state !== 'NEEDS_AUTHORIZATION';
      if (isCurrent && this.#findPause(record) === 0) await renewal.run(record);
    });
  }

  /** A new token would lack the scopes too. One that was obtained since may have them. */
  async #widen(connectionId: string, refusedSerial: number | undefined, missingScopes: string): Promise<UpstreamTokenAnswer> {
    const { locks, store, renewal } = this.#parts;
    await locks.run(connectionId, async () => {
      const record = await store.read(connectionId);
      if (record?.row.serial === refusedSerial && record?.row.state === 'CONNECTED') await renewal.widen(record, missingScopes);
    });
    return this.answer({ connectionId });
  }

  async #give(record: TokenRecord): Promise<UpstreamTokenAnswer> {
    const sealedToken = this.#parts.cache.seal(record.row, record.secrets);
    if (sealedToken === undefined) return { outcome: 'unavailable', retryAfterMs: BUSY_PAUSE_MS };
    await this.#parts.cache.restore(record.row, record.secrets, this.#parts.clock.nowMs());
    return { outcome: 'token', sealedToken };
  }

  /** Whether there is no token, or the time to renew it has come. */
  #isDue({ row }: TokenRecord): boolean {
    const nowMs = this.#parts.clock.nowMs();
    return row.serial === 0 || (row.refreshAt != null && row.refreshAt.getTime() <= nowMs) || !this.#isAlive(row.expiresAt, nowMs);
  }

  #isUsable({ row, secrets }: TokenRecord): boolean {
    return secrets.accessToken !== undefined && this.#isAlive(row.expiresAt, this.#parts.clock.nowMs());
  }

  #isAlive(expiresAt: Date | null | undefined, nowMs: number): boolean {
    return expiresAt == null || expiresAt.getTime() - SHORTEST_LIFETIME_MS > nowMs;
  }

  /** How long nothing may be attempted after a failure; 0 where something may. */
  #findPause({ row }: TokenRecord): number {
    return Math.max(0, (row.retryAt?.getTime() ?? 0) - this.#parts.clock.nowMs());
  }
}
