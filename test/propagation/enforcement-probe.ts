import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';

/** How long after a change it may take until it is enforced, in milliseconds; longer is a failure. */
const DEADLINE_MS = 10_000;
/** Between two calls, in milliseconds: calls without a pause would take the processor from what is measured. */
const PAUSE_MS = 2;

/**
 * What a call can come to. Most calls have no body, so that one that is let in ends at the gateway as well (400) and there is no upstream in
 * what is measured. The call of a tool has one, and an upstream on this machine that answers at once.
 */
export const OUTCOMES = { admitted: 400, keyUnknown: 401, routeUnknown: 404, toolHidden: 'Unknown tool', toolShown: '"result"' } as const;
export type Outcome = keyof typeof OUTCOMES;

const TOOL_CALL = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'drop_table', arguments: {} } });

/** Calls one data plane as a client does. */
export class EnforcementProbe {
  readonly #pool: Pool;

  constructor(url: string) {
    this.#pool = new Pool(url, { connections: 1 });
  }

  /** Calls until a call has this outcome, and resolves with the time of its answer, on the clock of `performance.now()`. */
  async waitFor(path: string, key: string, outcome: Outcome): Promise<number> {
    const deadlineMs = performance.now() + DEADLINE_MS;
    for (;;) {
      const expected = OUTCOMES[outcome];
      const isTool = typeof expected === 'string';
      const { status, text } = await this.#call(path, key, isTool ? TOOL_CALL : null);
      const nowMs = performance.now();
      if (isTool ? text.includes(expected) : status === expected) return nowMs;
      if (nowMs > deadlineMs) throw new Error(`${path} answers ${status} where ${outcome} (${expected}) is expected.`);
      await delay(PAUSE_MS);
    }
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  async #call(path: string, key: string, message: string | null): Promise<{ readonly status: number; readonly text: string }> {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
    const { statusCode, body } = await this.#pool.request({ method: 'POST', path, headers, body: message });
    return { status: statusCode, text: await body.text() };
  }
}
