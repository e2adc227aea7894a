// Trust boundary: the only place that opens connections to upstreams. Each address is checked after DNS, with the very
// address that is connected to, so that a name cannot be pointed at a private address after it was registered.
import { isIP } from 'node:net';
import { buildConnector, Pool } from 'undici';
import type { EgressPolicy } from '../../contract/egress-policy.ts';
import { AddressRefusedError, makeGuardedLookup } from '../../foundation/guarded-lookup.ts';

/** How long a connection to an upstream may take, in milliseconds. */
const CONNECT_TIMEOUT_MS = 10_000;

/** An origin that was not used for this long, in milliseconds, gives up its pools. */
const IDLE_MS = 5 * 60_000;

interface OriginPools {
  readonly calls: Pool;
  readonly streams: Pool;
  usedAtMs: number;
}

/**
 * Connections to upstreams, pooled by origin. Long-lived streams have a pool of their own: undici looks for a free connection one by
 * one, so thousands of connections that are busy for hours must not stand in the way of a short call.
 */
export class UpstreamPools {
  readonly #egress: EgressPolicy;
  readonly #pools = new Map<string, OriginPools>();
  readonly #sweep: NodeJS.Timeout;

  constructor(egress: EgressPolicy) {
    this.#egress = egress;
    this.#sweep = setInterval(() => this.#closeIdle(Date.now()), IDLE_MS);
    this.#sweep.unref();
  }

  /** The pool for a call or a stream to an origin. */
  open(origin: string, use: 'call' | 'stream', nowMs: number): Pool {
    let pools = this.#pools.get(origin);
    if (pools === undefined) {
      pools = { calls: this.#openPool(origin), streams: this.#openPool(origin), usedAtMs: nowMs };
      this.#pools.set(origin, pools);
    }
    pools.usedAtMs = nowMs;
    return use === 'call' ? pools.calls : pools.streams;
  }

  /** Ends every connection. Requests still under way fail. */
  async close(): Promise<void> {
    clearInterval(this.#sweep);
    const all = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(all.flatMap(({ calls, streams }) => [calls.destroy(), streams.destroy()]));
  }

  #openPool(origin: string): Pool {
    const connect = buildConnector({
      timeout: CONNECT_TIMEOUT_MS,
      allowH2: false,
      lookup: makeGuardedLookup((host, address) => this.#egress.isAllowed(host, address)),
    });
    return new Pool(origin, {
      allowH2: false,
      pipelining: 1,
      bodyTimeout: 0, // an SSE stream may be silent for hours; liveness is the heartbeat's business
      connect: (options, callback) => {
        const host = options.hostname.replace(/^\[|\]$/g, '');
        // Node does not look up what is an address already, so the lookup below would never see it.
        if (isIP(host) === 0 || this.#egress.isAllowed(host, host)) connect(options, callback);
        else callback(new AddressRefusedError(host), null);
      },
    });
  }

  /** `close` lets what is under way finish. */
  #closeIdle(nowMs: number): void {
    for (const [origin, pools] of this.#pools) {
      if (nowMs - pools.usedAtMs < IDLE_MS) continue;
      this.#pools.delete(origin);
      void Promise.all([pools.calls.close(), pools.streams.close()]);
    }
  }
}
