import { destination } from 'pino';
import type { Exchange } from '../request/exchange.ts';
import { toAccessLogLine } from './access-log-line.ts';

/** Which finished requests are logged. */
export type AccessLogMode = 'all' | 'errors' | 'off';

/** Bytes that are collected before they are written. */
const BUFFER_BYTES = 32 * 1024;

/** The most bytes in one write. */
const MAX_WRITE_BYTES = 2 * BUFFER_BYTES;

/** The longest time a line waits in the buffer, in milliseconds. */
const FLUSH_INTERVAL_MS = 500;

/**
 * One line a request: who called what, how it ended and how long it took. No body, no argument, no token, no header value,
 * no query and no session id. Lines are collected and written together, because a write a request costs more than the line.
 */
export class AccessLog {
  readonly #mode: AccessLogMode;
  readonly #sink = destination({ fd: 1, sync: false, minLength: BUFFER_BYTES, maxWrite: MAX_WRITE_BYTES });
  readonly #timer: NodeJS.Timeout;

  constructor(mode: AccessLogMode) {
    this.#mode = mode;
    this.#timer = setInterval(() => this.#sink.flush(), FLUSH_INTERVAL_MS);
    this.#timer.unref();
  }

  /** Logs one finished request, if its mode says so. */
  note(exchange: Exchange, nowMs: number, durationMs: number): void {
    if (this.#mode === 'off' || (this.#mode === 'errors' && exchange.outcome === 'completed')) return;
    this.#sink.write(toAccessLogLine(exchange, nowMs, durationMs));
  }

  /** Writes what is still collected. For a process that stops. */
  close(): void {
    clearInterval(this.#timer);
    this.#sink.flushSync();
  }
}
