import { destination } from 'pino';
import { openLogger, type Logger } from '../../foundation/logger.ts';
import type { Exchange } from '../request/exchange.ts';

/** Which finished requests are logged. */
export type AccessLogMode = 'all' | 'errors' | 'off';

/** Bytes that are collected before they are written. */
const BUFFER_BYTES = 8 * 1024;

/** The longest time a line waits in the buffer, in milliseconds. */
const FLUSH_INTERVAL_MS = 500;

/**
 * One line a request: who called what, how it ended and how long it took. No body, no argument, no token, no header value,
 * no query and no session id. Lines are collected and written together, because a write a request costs more than the line.
 */
export class AccessLog {
  readonly #mode: AccessLogMode;
  readonly #logger: Logger;
  readonly #flush: () => void;
  readonly #timer: NodeJS.Timeout;

  constructor(mode: AccessLogMode) {
    const sink = destination({ fd: 1, sync: false, minLength: BUFFER_BYTES });
    this.#mode = mode;
    this.#logger = openLogger({ service: 'data-plane', level: 'info' }, sink);
    this.#flush = () => sink.flushSync();
    this.#timer = setInterval(() => sink.flush(), FLUSH_INTERVAL_MS);
    this.#timer.unref();
  }

  /** Logs one finished request, if its mode says so. */
  note(exchange: Exchange, durationMs: number): void {
    if (this.#mode === 'off' || (this.#mode === 'errors' && exchange.outcome === 'completed')) return;
    const { caller, message, names, rejection, target } = exchange;
    this.#logger.info({
      event: 'request',
      http: exchange.req.method,
      workspace: target?.workspace.id ?? names?.workspace,
      server: target?.server.id ?? names?.server,
      key: caller?.keyId,
      user: caller?.subject.kind === 'USER' ? caller.subject.userId : undefined,
      era: message?.era,
      method: message?.method ?? message?.kind,
      status: exchange.res.statusCode,
      outcome: exchange.outcome,
      reason: rejection?.reason,
      code: rejection !== undefined && 'cause' in rejection ? toCode(rejection.cause) : undefined,
      ms: durationMs,
      upstreamMs: exchange.upstreamMs,
      requestBytes: exchange.requestBytes,
      responseBytes: exchange.responseBytes,
    });
  }

  /** Writes what is still collected. For a process that stops. */
  close(): void {
    clearInterval(this.#timer);
    this.#flush();
  }
}

/** An error's code, or its name. Never its message: that may quote the upstream. */
function toCode(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
