import type { Exchange } from '../request/exchange.ts';
import type { AccessLog } from './access-log.ts';
import type { Metrics } from './metrics.ts';

/** Reports every request once, when its answer is complete or its client has left. */
export class Reporter {
  readonly #metrics: Metrics;
  readonly #accessLog: AccessLog;

  constructor(metrics: Metrics, accessLog: AccessLog) {
    this.#metrics = metrics;
    this.#accessLog = accessLog;
  }

  watch(exchange: Exchange): void {
    exchange.res.once('close', () => {
      const nowMs = Date.now();
      const durationMs = nowMs - exchange.startedAtMs;
      if (!exchange.res.writableFinished && exchange.outcome === 'completed') exchange.outcome = 'client_gone';
      this.#metrics.note(exchange, durationMs);
      this.#accessLog.note(exchange, nowMs, durationMs);
    });
  }
}
