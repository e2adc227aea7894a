import type { Exchange } from '../request/exchange.ts';
import { toErrorBody, toWire, type Rejection } from '../request/rejection.ts';
import { addStreamHeaders } from '../upstream/event-stream.ts';

/** How a server answered a call. */
interface Manner {
  /** Until its answer began, in milliseconds. */
  readonly ms: number;
  readonly isStream: boolean;
}

/** How many answers of a server to one method are remembered, and of how many servers and methods. */
const REMEMBERED = 16;
const MAX_PLACES = 20_000;

/** The longest that an answer about something hidden waits, in milliseconds. */
const MAX_PAUSE_MS = 2_000;

const AT_ONCE: Manner = { ms: 0, isStream: false };

/**
 * Answers about what is hidden, in the manner of the server: one that came at once, or in another form than the answers about what is not
 * there, would tell that there is something to hide.
 */
export class HiddenAnswers {
  readonly #manners = new Map<string, Manner[]>();

  /** Learns from the answer to a call, once it is over, how its server answers. */
  watch(exchange: Exchange): void {
    exchange.manners = this;
  }

  /** The answer is complete, or the client has left. */
  learn(exchange: Exchange): void {
    const { isStream, target, upstreamMs } = exchange;
    if (target === undefined || upstreamMs === undefined || exchange.req.method !== 'POST') return;
    this.#note(toPlace(exchange), { ms: Math.min(upstreamMs, MAX_PAUSE_MS), isStream });
  }

  /** Answers as a server does that has no such thing. A notification is accepted, as one that asks for nothing is. */
  answer(exchange: Exchange, hidden: Rejection): void {
    // One of the last answers by chance, so that these spread as those of the server do.
    const manners = this.#manners.get(toPlace(exchange)) ?? [];
    const manner = manners[Math.floor(Math.random() * manners.length)] ?? AT_ONCE;
    if (manner.ms === 0) return answerNow(exchange, hidden, manner);
    const timer = setTimeout(() => answerNow(exchange, hidden, manner), manner.ms);
    exchange.res.on('close', () => clearTimeout(timer));
  }

  #note(place: string, manner: Manner): void {
    const manners = this.#manners.get(place) ?? [];
    manners.push(manner);
    if (manners.length > REMEMBERED) manners.shift();
    if (!this.#manners.has(place) && this.#manners.size >= MAX_PLACES) this.#manners.delete(this.#manners.keys().next().value!);
    this.#manners.set(place, manners);
  }
}

/** A method of a server, for clients of an era. A batch has no method. */
function toPlace({ message, target }: Exchange): string {
  return `${target?.server.id}\n${message?.era}\n${message?.method?.slice(0, 64)}`;
}

function answerNow(exchange: Exchange, hidden: Rejection, { isStream }: Manner): void {
  const { message, res } = exchange;
  if (res.destroyed) return;
  if (message?.kind === 'request' && !isStream) return exchange.refuse(hidden);
  exchange.rejection = hidden;
  exchange.outcome = 'refused';
  const headers = message?.kind === 'request' ? ['content-type', 'text/event-stream'] : ['content-length', '0'];
  if (message?.kind === 'request') addStreamHeaders(headers);
  exchange.addCrossOriginHeaders(headers);
  if (message?.kind !== 'request') return void res.writeHead(202, headers).end();
  const event = `event: message\ndata: ${toErrorBody(toWire(hidden), message.id)}\n\n`;
  exchange.responseBytes = Buffer.byteLength(event);
  res.writeHead(200, headers).end(event);
}
