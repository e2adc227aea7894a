/** What is recorded of one request to an upstream. */
export interface HopRecord {
  readonly spanId: string;
  /** Where it went, without path: paths may hold secrets. */
  readonly origin: string;
  /** The MCP method, where it is not that of the client's message. */
  readonly method: string | undefined;
  /** Milliseconds since the process began, with fractions. */
  readonly startedAt: number;
  endedAt: number | undefined;
  status: number | undefined;
  failure: string | undefined;
}

/** One request of the gateway to an upstream, or to another process of its own, as part of a trace. */
export class UpstreamHop {
  /** What tells the other side of the trace, names and values in turn. */
  readonly headers: readonly string[];
  /** Members of the `_meta` of a message that is passed through, names and values in turn; empty where it is left as it is. */
  readonly meta: readonly string[];
  readonly #record: HopRecord | undefined;

  constructor(headers: readonly string[], meta: readonly string[], record: HopRecord | undefined) {
    this.headers = headers;
    this.meta = meta;
    this.#record = record;
  }

  noteHead(status: number): void {
    if (this.#record !== undefined) this.#record.status = status;
  }

  /** Only the first end counts. @param failure why nothing came of it: a word of a fixed set, never a text of the upstream. */
  end(failure?: string): void {
    if (this.#record === undefined || this.#record.endedAt !== undefined) return;
    this.#record.endedAt = performance.now();
    this.#record.failure = failure;
  }
}

/** Of a request that is part of no trace. */
export const NO_HOP = new UpstreamHop([], [], undefined);
