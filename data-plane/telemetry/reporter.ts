import type { Exchange } from '../request/exchange.ts';
import type { AccessLog } from './access-log.ts';
import { noteOutcome, type CircuitBreakers } from '../upstream/circuit-breaker.ts';
import type { Metrics } from './metrics.ts';
import type { Tracing } from './tracing.ts';
import type { TrafficReporter } from './traffic/traffic-reporter.ts';

/** Reports every request once, when its answer is complete or its client has left: to the metrics, the log, the breaker of its server, and the log of interactions. */
export class Reporter {
  readonly #metrics: Metrics;
  readonly #accessLog: AccessLog;
  readonly #breakers: CircuitBreakers;
  readonly #tracing: Tracing;
  readonly #traffic: TrafficReporter | undefined;

  constructor(metrics: Metrics, accessLog: AccessLog, breakers: CircuitBreakers, tracing: Tracing, traffic?: TrafficReporter) {
    this.#metrics = metrics;
    this.#accessLog = accessLog;
    this.#breakers = breakers;
    this.#tracing = tracing;
    this.#traffic = traffic;
  }

  watch(exchange: Exchange): void {
    this.#tracing.begin(exchange);
    exchange.traffic = this.#traffic;
    exchange.res.on('close', () => {
      const nowMs = Date.now();
      const durationMs = nowMs - exchange.startedAtMs;
      if (!exchange.res.writableFinished && exchange.outcome === 'completed') exchange.outcome = 'client_gone';
      noteOutcome(this.#breakers, exchange, nowMs);
      exchange.manners?.learn(exchange);
      this.#metrics.note(exchange, durationMs);
      this.#accessLog.note(exchange, nowMs, durationMs);
      this.#traffic?.note(exchange, durationMs); // looks into the answer, which the spans then know of
      this.#tracing.end(exchange);
    });
  }
}
