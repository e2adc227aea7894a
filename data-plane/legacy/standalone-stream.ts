import { parseRpcMessages } from '../mcp/json-rpc.ts';
import type { UpstreamPools } from '../upstream/upstream-pools.ts';
import { UpstreamFetch, type FetchRequest } from './upstream-fetch.ts';

/** How long until a broken stream is opened again, in milliseconds: doubled with each failure. */
const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 30_000;

export interface StandaloneStreamOptions {
  readonly pools: UpstreamPools;
  /** @param lastEventId where to resume; empty for a first stream. */
  readonly toRequest: (lastEventId: string) => FetchRequest;
  readonly onData: (data: string) => void;
  readonly onSessionLost: () => void;
}

/** The stream on which a legacy server sends what nobody asked for. Opened again when it breaks; a server that has none says 405. */
export class StandaloneStream {
  readonly #options: StandaloneStreamOptions;
  #fetch: UpstreamFetch | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastEventId = '';
  #delayMs = FIRST_DELAY_MS;
  #isClosed = false;

  constructor(options: StandaloneStreamOptions) {
    this.#options = options;
    this.#open();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#fetch?.abort();
  }

  #open(): void {
    this.#fetch = new UpstreamFetch(this.#options.pools, this.#options.toRequest(this.#lastEventId), {
      onStream: () => undefined,
      onEvent: ({ data }) => {
        this.#delayMs = FIRST_DELAY_MS;
        this.#options.onData(data);
      },
      onRetry: (retryMs) => void (this.#delayMs = Math.min(Math.max(retryMs, 10), MAX_DELAY_MS)),
      onStreamEnd: (lastEventId) => this.#reopen(lastEventId),
      onAnswer: ({ status, body }) => {
        // A server that has no such stream may answer 404 too, but then not in JSON-RPC.
        if (status === 404 && parseRpcMessages(body.toString('utf8')) !== undefined) this.#options.onSessionLost();
        else if (status >= 500 || status === 409 || status === 429) this.#reopen('');
      },
      onFault: () => this.#reopen(''),
    });
  }

  #reopen(lastEventId: string): void {
    if (this.#isClosed) return;
    if (lastEventId !== '') this.#lastEventId = lastEventId;
    this.#timer = setTimeout(() => this.#open(), this.#delayMs);
    this.#timer.unref();
    this.#delayMs = Math.min(2 * this.#delayMs, MAX_DELAY_MS);
  }
}
