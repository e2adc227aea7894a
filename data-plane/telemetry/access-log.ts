import { destination } from 'pino';
import type { Exchange } from '../request/exchange.ts';
import { writeAccessLogLine } from './access-log-line.ts';
import { ChunkPool } from './chunk-pool.ts';
import { LineBuffer, type CollectedLines } from './line-buffer.ts';

/** Which finished requests are logged. */
export type AccessLogMode = 'all' | 'errors' | 'off';

/** Bytes that are collected before they are written, and room for the line that makes them more. */
const FULL_BYTES = 64 * 1024;
const CHUNK_BYTES = FULL_BYTES + 4 * 1024;

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
  readonly #lines = new LineBuffer(new ChunkPool(CHUNK_BYTES));
  /** What the sink has not written yet. */
  #lent: CollectedLines[] = [];
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
    const start = this.#lines.length;
    writeAccessLogLine(this.#lines, exchange, nowMs, durationMs);
    this.#onLine?.(this.#lines.read(start));
    if (this.#lines.length >= FULL_BYTES) this.#handOver();
  }

  /** Writes what is still collected. For a process that stops. */
  close(): void {
    clearInterval(this.#timer);
    this.#handOver();
    this.#sink.flushSync();
  }

  #handOver(): void {
    if (this.#lines.length === 0) return;
    const taken = this.#lines.take();
    this.#sink.write(taken.bytes);
    this.#lent.push(taken);
  }

  #takeBack(): void {
    for (const { release } of this.#lent) release();
    this.#lent = [];
  }
}
