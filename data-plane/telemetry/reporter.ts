import type { Exchange } from '../request/exchange.ts';
import type { AccessLog } from './access-log.ts';
import { noteOutcome, type CircuitBreakers } from '../upstream/circuit-breaker.ts';
import type { Metrics } from './metrics.ts';

/** Reports every request once, when its answer is complete or its client has left: to the metrics, the log, and the breaker of its server. */
export class Reporter {
  readonly #metrics: Metrics;
  readonly #accessLog: AccessLog;
  readonly #breakers: CircuitBreakers;

  constructor(metrics: Metrics, accessLog: AccessLog, breakers: CircuitBreakers) {
    this.#metrics = metrics;
    this.#accessLog = accessLog;
    this.#breakers = breakers;
  }

  watch(exchange: Exchange): void {
    exchange.res.on('close', () => {
      const nowMs = Date.now();
      const durationMs = nowMs - exchange.startedAtMs;
      if (!exchange.res.writableFinished && exchange.outcome === 'completed') exchange.outcome = 'client_gone';
      noteOutcome(this.#breakers, exchange, nowMs);
      this.#metrics.note(exchange, durationMs);
      this.#accessLog.note(exchange, nowMs, durationMs);
    });
  }
}
