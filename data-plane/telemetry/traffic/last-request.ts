import type { CapabilityKind } from '../../../contract/access-rule.ts';
import type { NamedCapability } from '../../access/named-capability.ts';
import type { McpMessage } from '../../mcp/message.ts';
import type { Caller } from '../../request/caller.ts';
import type { Exchange } from '../../request/exchange.ts';
import type { Target } from '../../request/target.ts';
import type { LineFacts } from './traffic-line.ts';

/** A tool, a prompt or a resource that a message names. */
export type NamedThing = NamedCapability & { readonly kind: CapabilityKind };

/** The longest name of a method, tool, prompt or resource that is kept, in characters. */
const MAX_NAME_LENGTH = 1_000;

/**
 * What the line of a completed request says besides its number, its times, its sizes and its trace, with everything that this depends on.
 * The next request of the session often says the same.
 */
export class LastRequest {
  readonly bytes: Buffer;
  readonly #caller: Caller | undefined;
  readonly #route: Target['route'] | undefined;
  readonly #server: Target['server'] | undefined;
  readonly #httpMethod: string | undefined;
  readonly #protocolVersion: string | string[] | undefined;
  readonly #kind: LineFacts['kind'];
  readonly #method: string | undefined;
  readonly #namedKind: CapabilityKind | undefined;
  readonly #name: string | undefined;
  readonly #status: number;
  readonly #hasPassedRules: boolean;
  readonly #revision: number | undefined;
  readonly #connectionId: string | undefined;

  /** A session keeps its last request for as long as its id is remembered, and a client may name things as long as its whole message. */
  static mayKeep(message: McpMessage | undefined, named: NamedThing | undefined): boolean {
    return (named?.name.length ?? 0) <= MAX_NAME_LENGTH && (message?.method?.length ?? 0) <= MAX_NAME_LENGTH;
  }

  constructor(exchange: Exchange, { kind, message }: LineFacts, named: NamedThing | undefined, bytes: Buffer) {
    const { caller, connectionId, hasPassedRules, req, res, revision, target } = exchange;
    this.bytes = bytes;
    this.#caller = caller;
    this.#route = target?.route; // not the target, which keeps a workspace of an old revision
    this.#server = target?.server;
    this.#httpMethod = req.method;
    this.#protocolVersion = req.headers['mcp-protocol-version'];
    this.#kind = kind;
    this.#method = message?.method;
    this.#namedKind = named?.kind;
    this.#name = named?.name;
    this.#status = res.statusCode;
    this.#hasPassedRules = hasPassedRules;
    this.#revision = revision;
    this.#connectionId = connectionId;
  }

  saysTheSame(exchange: Exchange, { kind, message }: LineFacts, named: NamedThing | undefined): boolean {
    return (
      this.#caller === exchange.caller &&
      this.#route === exchange.target?.route &&
      this.#server === exchange.target?.server &&
      this.#revision === exchange.revision &&
      this.#hasPassedRules === exchange.hasPassedRules &&
      this.#status === exchange.res.statusCode &&
      this.#kind === kind &&
      this.#namedKind === named?.kind &&
      this.#name === named?.name &&
      this.#method === message?.method &&
      this.#connectionId === exchange.connectionId &&
      this.#httpMethod === exchange.req.method &&
      this.#protocolVersion === exchange.req.headers['mcp-protocol-version']
    );
  }
}
