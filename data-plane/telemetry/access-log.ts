import { destination } from 'pino';
import type { Exchange } from '../request/exchange.ts';
import { toAccessLogLine } from './access-log-line.ts';
import { ChunkPool } from './chunk-pool.ts';

/** Which finished requests are logged. */
export type AccessLogMode = 'all' | 'errors' | 'off';

/** Bytes that are collected before they are written. */
const CHUNK_BYTES = 64 * 1024;

/** A character of a line is at most so many bytes. */
const MAX_BYTES_A_CHARACTER = 3;

/** The longest time a line waits in the buffer, in milliseconds. */
const FLUSH_INTERVAL_MS = 500;

/** The sink with `contentMode: 'buffer'`, which its types do not know: a text would be encoded once more. */
interface ByteSink {
  write(bytes: Buffer): boolean;
  /** Everything is written. */
  on(event: 'drain', listener: () => void): void;
  flushSync(): void;
}

/**
 * One line a request: who called what, how it ended and how long it took. No body, no argument, no token, no header value,
 * no query and no session id. Lines are collected and written together, because a write a request costs more than the line.
 */
export class AccessLog {
  readonly #mode: AccessLogMode;
  readonly #sink = destination({ fd: 1, sync: false, contentMode: 'buffer' }) as unknown as ByteSink;
  /** Collected here and not in the sink, which measures all that it holds anew with each line. */
  readonly #pool = new ChunkPool(CHUNK_BYTES);
  #chunk = this.#pool.take();
  /** What the sink has not written yet. */
  #lent: Buffer[] = [];
  #length = 0;
  readonly #timer: NodeJS.Timeout;
  readonly #onLine: ((line: string) => void) | undefined;

  /** @param onLine who else gets each line. */
  constructor(mode: AccessLogMode, onLine?: (line: string) => void) {
    this.#mode = mode;
    this.#onLine = onLine;
    this.#timer = setInterval(() => this.#handOver(), FLUSH_INTERVAL_MS);
    this.#timer.unref();
    this.#sink.on('drain', () => this.#takeBack());
  }

  /** Logs one finished request, if its mode says so. */
  note(exchange: Exchange, nowMs: number, durationMs: number): void {
    if (this.#mode === 'off' || (this.#mode === 'errors' && exchange.outcome === 'completed')) return;
    const line = toAccessLogLine(exchange, nowMs, durationMs);
    this.#onLine?.(line);
    const maxBytes = line.length * MAX_BYTES_A_CHARACTER;
    if (this.#length + maxBytes > CHUNK_BYTES) this.#handOver();
    if (maxBytes > CHUNK_BYTES) this.#sink.write(Buffer.from(line));
    else this.#length += this.#chunk.write(line, this.#length);
  }

  /** Writes what is still collected. For a process that stops. */
  close(): void {
    clearInterval(this.#timer);
    this.#handOver();
    this.#sink.flushSync();
  }

  #handOver(): void {
    if (this.#length === 0) return;
    this.#sink.write(this.#chunk.subarray(0, this.#length));
    this.#lent.push(this.#chunk);
    this.#chunk = this.#pool.take();
    this.#length = 0;
  }

  #takeBack(): void {
    for (const chunk of this.#lent) this.#pool.give(chunk);
    this.#lent = [];
  }
}
