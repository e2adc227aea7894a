import type { Exchange } from '../request/exchange.ts';

/** When a server's breaker opens, and for how long. */
export interface BreakerSettings {
  /** Failures in a row after which calls are refused at once; 0 turns the breaker off. */
  readonly failures: number;
  /** How long calls are refused, in milliseconds, before one is let through to find out. */
  readonly openMs: number;
}

/** What becomes of a call. `trial`: it is the one that finds out whether the server is back. */
export type Admission = { readonly kind: 'admitted' | 'trial' } | { readonly kind: 'refused'; readonly retryAfterMs: number };

interface Breaker {
  failures: number;
  /** Until when calls are refused; 0 while it is closed. */
  openUntilMs: number;
  /** Since when a trial is under way; 0 where none is. */
  trialSinceMs: number;
}

const ADMITTED: Admission = { kind: 'admitted' };
const TRIAL: Admission = { kind: 'trial' };

/** A trial whose outcome is not known after this long, in milliseconds, no longer keeps others from trying. */
const TRIAL_TIMEOUT_MS = 30_000;

/**
 * Keeps calls away from servers that do not answer, so that their callers learn it at once and the server can recover. One breaker a
 * server; a server without failures has no entry. A failure is an upstream that could not be reached or did not answer, not an answer.
 */
export class CircuitBreakers {
  readonly #breakers = new Map<string, Breaker>();

  /** How many servers are refused at present. */
  countOpen(nowMs: number): number {
    return [...this.#breakers.values()].reduce((count, breaker) => count + (breaker.openUntilMs > nowMs ? 1 : 0), 0);
  }

  /** Whether a call may go to the server. */
  admit(serverId: string, nowMs: number): Admission {
    const breaker = this.#breakers.get(serverId);
    if (breaker === undefined || breaker.openUntilMs === 0) return ADMITTED;
    if (breaker.openUntilMs > nowMs) return { kind: 'refused', retryAfterMs: breaker.openUntilMs - nowMs };
    const trialLeftMs = breaker.trialSinceMs === 0 ? 0 : breaker.trialSinceMs + TRIAL_TIMEOUT_MS - nowMs;
    if (trialLeftMs > 0) return { kind: 'refused', retryAfterMs: Math.min(trialLeftMs, 1_000) };
    breaker.trialSinceMs = nowMs;
    return TRIAL;
  }

  /** The server answered, whatever it answered. */
  noteAnswer(serverId: string): void {
    if (this.#breakers.size > 0) this.#breakers.delete(serverId);
  }

  /** The server could not be reached, or did not answer. */
  noteFailure(serverId: string, settings: BreakerSettings, nowMs: number): void {
    if (settings.failures === 0) return;
    const breaker = this.#breakers.get(serverId) ?? { failures: 0, openUntilMs: 0, trialSinceMs: 0 };
    this.#breakers.set(serverId, breaker);
    breaker.failures++;
    breaker.trialSinceMs = 0;
    if (breaker.failures >= settings.failures) breaker.openUntilMs = nowMs + settings.openMs;
  }

  /** The trial ended without an outcome: its client left. The next call is the trial. */
  abandonTrial(serverId: string): void {
    const breaker = this.#breakers.get(serverId);
    if (breaker !== undefined) breaker.trialSinceMs = 0;
  }
}

/** What a finished request says about the server that it was for. */
export function noteOutcome(breakers: CircuitBreakers, exchange: Exchange, nowMs: number): void {
  const { outcome, rejection, target, upstreamMs } = exchange;
  if (target === undefined || outcome === 'relayed') return;
  const { id, circuitBreaker } = target.server;
  const reason = rejection?.reason;
  if (reason === 'upstream_unreachable' || reason === 'upstream_timeout') {
    if (circuitBreaker !== undefined) breakers.noteFailure(id, circuitBreaker, nowMs);
  } else if (upstreamMs !== undefined || outcome === 'completed') breakers.noteAnswer(id);
  else if (reason !== 'upstream_circuit_open') breakers.abandonTrial(id);
}
