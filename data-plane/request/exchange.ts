import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HiddenAnswers } from '../access/hidden-answers.ts';
import type { McpMessage } from '../mcp/message.ts';
import { toPlainChallenge, type ChallengeError, type ProtectedResource } from '../well-known/protected-resource.ts';
import type { PresentedSession } from '../mcp/session-id.ts';
import type { RoutingTable } from '../snapshot/routing-table.ts';
import type { RequestSpans } from '../telemetry/request-spans.ts';
import { findTraceContext, type TraceContext } from '../telemetry/trace-context.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import type { Caller } from './caller.ts';
import { toConnectQuestion } from './connect-question.ts';
import { toErrorBody, toWire, type CapabilityRefusal, type Rejection, type WireError } from './rejection.ts';
import type { Target, TargetNames } from './target.ts';
import type { AnswerFacts } from '../telemetry/traffic/answer-facts.ts';
import type { TrafficWatcher } from '../telemetry/traffic/traffic-reporter.ts';

/** How a request ended, for logs and metrics. `relayed`: another process of the gateway served it and reports how it really ended. */
export type Outcome = 'completed' | 'refused' | 'client_gone' | 'upstream_failed' | 'failed' | 'relayed';

/** How much of an unread body is taken and thrown away so that a refused client can read its answer, in bytes. */
const MAX_DISCARDED_BYTES = 16 * 1024 * 1024;

/** What a page of another origin may read (Fetch standard, CORS protocol). */
const EXPOSED_HEADERS = 'Mcp-Session-Id, WWW-Authenticate, MCP-Protocol-Version, Retry-After';

/** By itself, a 401 does not bring a person back: the client's refresh is refused as well, and then it authorizes anew, which connects the server. */
const SIGN_IN_AGAIN: WireError = {
  status: 401,
  code: -32600,
  message: 'This MCP server has to be connected again. Sign in again to do so.',
  challenge: 'invalid_token',
};

/** One request and its answer, with what is known of it so far. One object a request; the steps fill it in. */
export class Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly startedAtMs: number;
  /** Whether another process of the gateway received the request and handed it to this one. */
  readonly isRelayed: boolean;
  names: TargetNames | undefined;
  target: Target | undefined;
  /** Who words the challenge of a refusal; undefined where there is no authorization server. */
  resource: ProtectedResource | undefined;
  /** Of our authorization server, where the pages for people are. */
  issuer: string | undefined;
  caller: Caller | undefined;
  message: McpMessage | undefined;
  session: PresentedSession | undefined;
  rejection: Rejection | undefined;
  outcome: Outcome = 'completed';
  /** Time until the upstream's head arrived, in milliseconds. */
  upstreamMs: number | undefined;
  /** When the head arrived, in milliseconds since the process began, with fractions. */
  readonly #receivedAt = performance.now();
  #sentAt: number | undefined;
  /** Time until the request went upstream for the first time, in milliseconds with fractions. */
  addedMs: number | undefined;
  /** Time from then until the head of the answer, in milliseconds with fractions. */
  upstreamHeadMs: number | undefined;
  /** Whether the answer is an event stream. */
  isStream = false;
  requestBytes = 0;
  responseBytes = 0;
  /** The snapshot's revision that routes and decides it. */
  revision: number | undefined;
  /** Whether the rules were asked about what it carries, and nothing of that is refused as a whole. */
  hasPassedRules = false;
  /** Of a batch: which of its messages are refused, by position. */
  refusedElements: ReadonlyMap<number, CapabilityRefusal> | undefined;
  /** Of the stored credential that goes upstream. */
  connectionId: string | undefined;
  /** The session that its answer opens, by what names it among those of its upstream or process. */
  openedSession: string | undefined;
  /** Whether another process of the gateway serves it, and reports it. */
  isHandedOver = false;
  /** Who learns from the answer how the server answers; undefined where nothing of it is hidden from anybody. */
  manners: HiddenAnswers | undefined;
  /** Who follows the answer for the log of interactions; undefined where there is none. */
  traffic: TrafficWatcher | undefined;
  answerFacts: AnswerFacts | undefined;
  /** The body of an answer that came in one piece. */
  answerBody: Buffer | undefined;
  /** How the process takes part in traces. */
  tracing: Tracing | undefined;
  /** When what happened; undefined where no traces are exported. */
  spans: RequestSpans | undefined;
  #trace: TraceContext | undefined;

  constructor(req: IncomingMessage, res: ServerResponse, startedAtMs: number, isRelayed = false) {
    this.req = req;
    this.res = res;
    this.startedAtMs = startedAtMs;
    this.isRelayed = isRelayed;
  }

  /** The request goes upstream, for the first time or again. */
  noteSent(): void {
    if (this.#sentAt !== undefined) return;
    this.#sentAt = performance.now();
    this.addedMs = this.#sentAt - this.#receivedAt;
  }

  /** The head of an upstream's answer is there. */
  noteUpstreamHead(): void {
    if (this.#sentAt !== undefined) this.upstreamHeadMs ??= performance.now() - this.#sentAt;
  }

  /**
   * Where the request stands in a trace: the one it names, or one of its own. Found when it is first asked for, which is after the message
   * has been read: a message names its trace itself.
   */
  get trace(): TraceContext {
    return (this.#trace ??= findTraceContext(this));
  }

  /** The answer is an event stream, whose head has left. */
  beginStream(): void {
    this.isStream = true;
    this.traffic?.onStream(this);
  }

  /** The revision that routes and decides the request, for as long as it lasts. */
  routeBy({ authorizationServer, revision }: RoutingTable, resource: ProtectedResource): void {
    this.revision = revision;
    this.issuer = authorizationServer?.issuer;
    if (this.issuer !== undefined) this.resource = resource;
  }

  /** Answers with a refusal instead of the upstream's answer. Does nothing once an answer has begun or the client has left. */
  refuse(rejection: Rejection): void {
    if (this.res.headersSent || this.res.destroyed) return;
    this.rejection = rejection;
    this.outcome = 'refused';
    const wire = this.toWire(rejection);
    const id = this.message?.id ?? ('id' in rejection ? rejection.id : undefined);
    const body = Buffer.from(
      wire.result === undefined ? toErrorBody(wire, id) : JSON.stringify({ jsonrpc: '2.0', id, result: wire.result }),
    );
    const headers = ['content-type', 'application/json', 'content-length', String(body.length), ...this.#toRefusalHeaders(wire)];
    this.addCrossOriginHeaders(headers);
    this.responseBytes = body.length;
    this.res.writeHead(wire.isInBand === true && this.message?.kind === 'request' ? 200 : wire.status, headers);
    if (this.req.complete) return void this.res.end(body);
    this.res.write(body);
    this.#discardBody();
  }

  /** What this client is told of a refusal. */
  toWire(rejection: Rejection): WireError {
    const connectUrl = this.#toConnectUrl();
    const wire = toWire(rejection, connectUrl);
    if (wire.signsInAgain !== true) return wire;
    return this.#toQuestion(connectUrl) ?? (this.caller?.kind === 'ACCESS_TOKEN' ? SIGN_IN_AGAIN : wire);
  }

  #toQuestion(connectUrl: string | undefined): WireError | undefined {
    const { message, session } = this;
    const revision = this.req.headers['mcp-protocol-version'];
    return connectUrl === undefined ? undefined : toConnectQuestion({ message, session, revision: revision?.toString() }, connectUrl);
  }

  /** Adds what lets a page of an allowed origin read the answer; the origin was checked before. */
  addCrossOriginHeaders(headers: string[]): void {
    const origin = this.req.headers.origin;
    if (origin === undefined || this.rejection?.reason === 'origin_not_allowed') return;
    headers.push('access-control-allow-origin', origin, 'access-control-expose-headers', EXPOSED_HEADERS, 'vary', 'Origin');
  }

  #toConnectUrl(): string | undefined {
    if (this.issuer === undefined || this.target === undefined) return undefined;
    const { workspace, route } = this.target;
    return `${this.issuer}/connect/${workspace.slug}/${route.slug}`;
  }

  #toRefusalHeaders(wire: WireError): string[] {
    const headers: string[] = [];
    if (wire.retryAfterSeconds !== undefined) headers.push('retry-after', String(wire.retryAfterSeconds));
    if (wire.allow !== undefined) headers.push('allow', wire.allow);
    if (wire.challenge !== undefined) headers.push('www-authenticate', this.#toChallenge(wire.challenge));
    return headers;
  }

  #toChallenge(error: ChallengeError): string {
    return this.names === undefined ? toPlainChallenge(error) : (this.resource?.toChallenge(this.names, error) ?? toPlainChallenge(error));
  }

  /**
   * Ends the answer when the rest of the body has come: until then the client may still be sending, and closing the connection under it would
   * reset it before it has read the answer. It sees the whole answer at once, because its length is announced.
   */
  #discardBody(): void {
    let left = MAX_DISCARDED_BYTES;
    this.req.on('data', (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) this.req.destroy();
    });
    this.req.on('end', () => this.res.end());
    this.req.resume();
  }
}
