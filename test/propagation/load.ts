import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';

/** Clients of each data plane that call all the time. */
const CLIENTS = 4;
/** Between two calls of a client, in milliseconds: two planes, a control plane, PostgreSQL, Redis and the upstream share the machine. */
const PAUSE_MS = 8;

const CALL = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'search', arguments: {} } });

/** Calls that go on while changes are made. They use a server and a key that no change is about, so each of them has to succeed. */
export class Load {
  readonly #startedAtMs = performance.now();
  readonly #pools: readonly Pool[];
  readonly #clients: Promise<void>;
  #calls = 0;
  #failed = 0;
  #isOver = false;

  constructor(urls: readonly string[], path: string, key: string) {
    this.#pools = urls.map((url) => new Pool(url, { connections: CLIENTS }));
    const clients = this.#pools.flatMap((pool) => Array.from({ length: CLIENTS }, () => this.#run(pool, path, key)));
    this.#clients = Promise.all(clients).then(() => undefined);
  }

  /** Ends it. @returns what there was, in a line. */
  async stop(): Promise<string> {
    this.#isOver = true;
    await this.#clients;
    await Promise.all(this.#pools.map((pool) => pool.close()));
    const perSecond = this.#calls / ((performance.now() - this.#startedAtMs) / 1_000);
    return `  load beside it: ${this.#calls} calls, ${perSecond.toFixed(0)} a second, ${this.#failed} failed`;
  }

  async #run(pool: Pool, path: string, key: string): Promise<void> {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
    while (!this.#isOver) {
      const { statusCode, body } = await pool.request({ method: 'POST', path, headers, body: CALL });
      await body.dump();
      this.#calls++;
      if (statusCode !== 200) this.#failed++;
      await delay(PAUSE_MS);
    }
  }
}
