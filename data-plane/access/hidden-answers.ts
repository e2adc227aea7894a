import type { Exchange } from '../request/exchange.ts';
import type { Rejection } from '../request/rejection.ts';

/** How many answer times of a server are remembered, and of how many servers. */
const REMEMBERED = 16;
const MAX_SERVERS = 10_000;

/** The longest that an answer about something hidden waits, in milliseconds. */
const MAX_PAUSE_MS = 2_000;

/**
 * Answers about what is hidden. They take about as long as the server takes to answer itself: one that came at once would tell that there is
 * something to hide.
 */
export class HiddenAnswers {
  /** Server id → how long its answers took lately, in milliseconds. */
  readonly #times = new Map<string, number[]>();

  /** Learns how long the server of a call takes. */
  watch(exchange: Exchange): void {
    exchange.res.on('close', () => {
      const { target, upstreamMs } = exchange;
      if (target !== undefined && upstreamMs !== undefined && exchange.req.method === 'POST') this.#note(target.server.id, upstreamMs);
    });
  }

  /** Answers as a server does that has no such thing. A notification is accepted, as one that asks for nothing is. */
  answer(exchange: Exchange, hidden: Rejection): void {
    const pauseMs = this.#findPause(exchange.target?.server.id);
    if (pauseMs === 0) return answerNow(exchange, hidden);
    const timer = setTimeout(() => answerNow(exchange, hidden), pauseMs);
    exchange.res.on('close', () => clearTimeout(timer));
  }

  #note(serverId: string, ms: number): void {
    const times = this.#times.get(serverId) ?? [];
    times.push(Math.min(ms, MAX_PAUSE_MS));
    if (times.length > REMEMBERED) times.shift();
    if (!this.#times.has(serverId) && this.#times.size >= MAX_SERVERS) this.#times.delete(this.#times.keys().next().value!);
    this.#times.set(serverId, times);
  }

  /** One of the last times by chance, so that the answers spread as those of the server do. */
  #findPause(serverId: string | undefined): number {
    const times = this.#times.get(serverId ?? '') ?? [];
    return times[Math.floor(Math.random() * times.length)] ?? 0;
  }
}

function answerNow(exchange: Exchange, hidden: Rejection): void {
  if (exchange.message?.kind !== 'notification') return exchange.refuse(hidden);
  if (exchange.res.destroyed) return;
  exchange.rejection = hidden;
  exchange.outcome = 'refused';
  const headers = ['content-length', '0'];
  exchange.addCrossOriginHeaders(headers);
  exchange.res.writeHead(202, headers).end();
}
