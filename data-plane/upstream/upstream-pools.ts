// Trust boundary: the only place that opens connections to upstreams. Each address is checked after DNS, with the very
// address that is connected to, so that a name cannot be pointed at a private address after it was registered.
import { isIP } from 'node:net';
import { buildConnector } from 'undici';
import type { EgressPolicy } from '../../contract/egress-policy.ts';
import { AddressRefusedError, makeGuardedLookup } from '../../foundation/guarded-lookup.ts';
import { OriginPool } from './http1/origin-pool.ts';

/** How long a connection to an upstream may take, in milliseconds. */
const CONNECT_TIMEOUT_MS = 10_000;

/** An origin that was not used for this long, in milliseconds, is forgotten. */
const IDLE_MS = 5 * 60_000;

/** How often it is looked which connections have been idle for too long, in milliseconds. */
const SWEEP_MS = 1_000;

interface KnownOrigin {
  readonly pool: OriginPool;
  usedAtMs: number;
}

/** Connections to upstreams, pooled by origin. */
export class UpstreamPools {
  readonly #egress: EgressPolicy;
  readonly #origins = new Map<string, KnownOrigin>();
  readonly #sweep: NodeJS.Timeout;

  constructor(egress: EgressPolicy) {
    this.#egress = egress;
    this.#sweep = setInterval(() => this.#closeIdle(Date.now()), SWEEP_MS);
    this.#sweep.unref();
  }

  /** The pool for requests to an origin. */
  open(origin: string, nowMs: number): OriginPool {
    let known = this.#origins.get(origin);
    if (known === undefined) {
      known = { pool: this.#openPool(origin), usedAtMs: nowMs };
      this.#origins.set(origin, known);
    }
    known.usedAtMs = nowMs;
    return known.pool;
  }

  /** Ends every connection. Requests still under way fail. */
  close(): void {
    clearInterval(this.#sweep);
    for (const { pool } of this.#origins.values()) pool.destroy();
    this.#origins.clear();
  }

  #openPool(origin: string): OriginPool {
    const connect = buildConnector({
      timeout: CONNECT_TIMEOUT_MS,
      allowH2: false,
      lookup: makeGuardedLookup((host, address) => this.#egress.isAllowed(host, address)),
    });
    return new OriginPool(origin, (options, callback) => {
      const host = options.hostname;
      // Node does not look up what is an address already, so the lookup above would never see it.
      if (isIP(host) === 0 || this.#egress.isAllowed(host, host)) connect(options, callback);
      else callback(new AddressRefusedError(host), null);
    });
  }

  /** `close` lets what is under way finish. */
  #closeIdle(nowMs: number): void {
    for (const [origin, { pool, usedAtMs }] of this.#origins) {
      pool.sweep(nowMs);
      if (nowMs - usedAtMs < IDLE_MS) continue;
      this.#origins.delete(origin);
      pool.close();
    }
  }
}
