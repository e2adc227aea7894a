// Trust boundary: the one question that a data plane asks the control plane while calls wait. It proves itself with a token bound to the
// very question, and takes nothing from the answer but its outcome; the access token in it is sealed.
import { Agent, request } from 'undici';
import type { KeyRing } from '../../../contract/key-ring.ts';
import { makePlaneToken } from '../../../contract/plane-token.ts';
import {
  UPSTREAM_TOKEN_PATH,
  UpstreamTokenAnswerSchema,
  type UpstreamTokenAnswer,
  type UpstreamTokenQuestion,
} from '../../../contract/upstream-token.ts';
import type { Clock } from '../../../foundation/clock.ts';

/** How a process reaches the control plane. */
export interface ControlPlaneClientOptions {
  readonly keyRing: KeyRing;
  readonly clock: Clock;
  /** Its base URL; undefined where that is not known yet. */
  readonly findUrl: () => string | undefined;
}

/** How long one answer may take, in milliseconds: within it the control plane asks an authorization server. */
const ANSWER_TIMEOUT_MS = 15_000;

const CONNECT_TIMEOUT_MS = 2_000;

/** How many questions are asked at once. Each is about another connection. */
const MAX_CONNECTIONS = 32;

/** The largest answer that is read, in bytes. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** Asks the control plane for tokens. */
export class ControlPlaneClient {
  readonly #options: ControlPlaneClientOptions;
  readonly #agent = new Agent({
    connections: MAX_CONNECTIONS,
    connect: { timeout: CONNECT_TIMEOUT_MS },
    headersTimeout: ANSWER_TIMEOUT_MS,
    bodyTimeout: ANSWER_TIMEOUT_MS,
    maxResponseSize: MAX_ANSWER_BYTES,
  });

  constructor(options: ControlPlaneClientOptions) {
    this.#options = options;
  }

  /**
   * Its answer; undefined where there is none, for whatever reason.
   * @param traceparent by which its part of the trace is found.
   */
  async ask(question: UpstreamTokenQuestion, signal: AbortSignal, traceparent?: string): Promise<UpstreamTokenAnswer | undefined> {
    const { keyRing, clock, findUrl } = this.#options;
    const url = findUrl();
    if (url === undefined) return undefined;
    const body = JSON.stringify(question);
    const authorization = makePlaneToken(keyRing, { method: 'POST', path: UPSTREAM_TOKEN_PATH, body }, clock.nowMs());
    const headers = { 'content-type': 'application/json', authorization, ...(traceparent !== undefined && { traceparent }) };
    try {
      const answer = await request(url + UPSTREAM_TOKEN_PATH, { method: 'POST', headers, body, signal, dispatcher: this.#agent });
      const text = await answer.body.text();
      return answer.statusCode === 200 ? UpstreamTokenAnswerSchema.safeParse(JSON.parse(text)).data : undefined;
    } catch {
      // Away, too slow, or not the control plane: whoever asks tries again.
      return undefined;
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}
