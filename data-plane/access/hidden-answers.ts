import { isNamingMethod, type Era, type McpMessage } from '../mcp/message.ts';
import type { Exchange } from '../request/exchange.ts';
import { toErrorBody, toWire, type Rejection } from '../request/rejection.ts';
import { addStreamHeaders } from '../upstream/event-stream.ts';

/** How a server answered a call. */
interface Manner {
  /** Until its answer began, in milliseconds. */
  readonly ms: number;
  readonly isStream: boolean;
}

/** How many answers of a server to one method are remembered, and of how many servers. */
const REMEMBERED = 16;
const MAX_SERVERS = 10_000;

/** The longest that an answer about something hidden waits, in milliseconds. */
const MAX_PAUSE_MS = 2_000;

const AT_ONCE: Manner = { ms: 0, isStream: false };

/**
 * Answers about what is hidden, in the manner of the server: one that came at once, or in another form than the answers about what is not
 * there, would tell that there is something to hide.
 */
export class HiddenAnswers {
  /**
   * By era, server and method. Maps in maps, so that an answer that is learned from makes no key. What is not a method of MCP shares one
   * place: methods that somebody invents must not push out what is known of the others.
   */
  readonly #manners = { legacy: new Map<string, ByMethod>(), modern: new Map<string, ByMethod>() };

  /** Learns from the answer to a call, once it is over, how its server answers. */
  watch(exchange: Exchange): void {
    exchange.manners = this;
  }

  /** The answer is complete, or the client has left. */
  learn(exchange: Exchange): void {
    const { isStream, message, target, upstreamMs } = exchange;
    if (target === undefined || message === undefined || upstreamMs === undefined || exchange.req.method !== 'POST') return;
    const methods = this.#findMethods(message.era, target.server.id);
    const key = toKey(message);
    const manners = methods.get(key) ?? [];
    if (manners.length === 0) methods.set(key, manners);
    manners.push({ ms: Math.min(upstreamMs, MAX_PAUSE_MS), isStream });
    if (manners.length > REMEMBERED) manners.shift();
  }

  /** Answers as a server does that has no such thing. A notification is accepted, as one that asks for nothing is. */
  answer(exchange: Exchange, hidden: Rejection): void {
    // One of the last answers by chance, so that these spread as those of the server do.
    const { message, target } = exchange;
    const manners = this.#manners[message?.era ?? 'legacy'].get(target?.server.id ?? '')?.get(toKey(message)) ?? [];
    const manner = manners[Math.floor(Math.random() * manners.length)] ?? AT_ONCE;
    if (manner.ms === 0) return answerNow(exchange, hidden, manner);
    const timer = setTimeout(() => answerNow(exchange, hidden, manner), manner.ms);
    exchange.res.on('close', () => clearTimeout(timer));
  }

  /** Where it would be one server too many, the oldest goes. */
  #findMethods(era: Era, serverId: string): ByMethod {
    const servers = this.#manners[era];
    const known = servers.get(serverId);
    if (known !== undefined) return known;
    if (servers.size >= MAX_SERVERS) servers.delete(servers.keys().next().value!);
    const made: ByMethod = new Map();
    servers.set(serverId, made);
    return made;
  }
}

type ByMethod = Map<string, Manner[]>;

const OTHER = '';

function toKey(message: McpMessage | undefined): string {
  return isNamingMethod(message?.method) ? message.method : OTHER;
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
