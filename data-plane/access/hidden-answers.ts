import type { Exchange } from '../request/exchange.ts';
import { toErrorBody, toWire, type Rejection } from '../request/rejection.ts';
import { addStreamHeaders } from '../upstream/event-stream.ts';

/** How a server answered a call. */
interface Manner {
  /** Until its answer began, in milliseconds. */
  readonly ms: number;
  readonly isStream: boolean;
}

/** How many answers of a server to one method are remembered, of how many methods of a server, and of how many servers. */
const REMEMBERED = 16;
const MAX_METHODS = 256;
const MAX_METHOD_LENGTH = 64;
const MAX_SERVERS = 10_000;

/** The longest that an answer about something hidden waits, in milliseconds. */
const MAX_PAUSE_MS = 2_000;

const AT_ONCE: Manner = { ms: 0, isStream: false };

/**
 * Answers about what is hidden, in the manner of the server: one that came at once, or in another form than the answers about what is not
 * there, would tell that there is something to hide.
 */
export class HiddenAnswers {
  /** By era, server and method; a batch has none. Maps in maps, so that an answer that is learned from makes no key. */
  readonly #manners = { legacy: new Map<string, ByMethod>(), modern: new Map<string, ByMethod>() };

  /** Learns from the answer to a call, once it is over, how its server answers. */
  watch(exchange: Exchange): void {
    exchange.manners = this;
  }

  /** The answer is complete, or the client has left. */
  learn(exchange: Exchange): void {
    const { isStream, message, target, upstreamMs } = exchange;
    if (target === undefined || message === undefined || upstreamMs === undefined || exchange.req.method !== 'POST') return;
    const { era, method = '' } = message;
    if (method.length > MAX_METHOD_LENGTH) return;
    const methods = findOrAdd(this.#manners[era], target.server.id, MAX_SERVERS, () => new Map<string, Manner[]>());
    const manners = findOrAdd(methods, method, MAX_METHODS, () => []);
    manners.push({ ms: Math.min(upstreamMs, MAX_PAUSE_MS), isStream });
    if (manners.length > REMEMBERED) manners.shift();
  }

  /** Answers as a server does that has no such thing. A notification is accepted, as one that asks for nothing is. */
  answer(exchange: Exchange, hidden: Rejection): void {
    // One of the last answers by chance, so that these spread as those of the server do.
    const { message, target } = exchange;
    const manners = this.#manners[message?.era ?? 'legacy'].get(target?.server.id ?? '')?.get(message?.method ?? '') ?? [];
    const manner = manners[Math.floor(Math.random() * manners.length)] ?? AT_ONCE;
    if (manner.ms === 0) return answerNow(exchange, hidden, manner);
    const timer = setTimeout(() => answerNow(exchange, hidden, manner), manner.ms);
    exchange.res.on('close', () => clearTimeout(timer));
  }
}

type ByMethod = Map<string, Manner[]>;

/** Where it would be one too many, the oldest goes. */
function findOrAdd<Value>(map: Map<string, Value>, key: string, most: number, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  if (map.size >= most) map.delete(map.keys().next().value!);
  const made = make();
  map.set(key, made);
  return made;
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
