import { randomBytes } from 'node:crypto';
import type { BridgeLimits } from '../bridge/bridge-limits.ts';
import type { Bridge } from '../bridge/bridge.ts';
import type { JudgeFate, Revocable } from '../access/revocation.ts';
import { ClientAnswer } from '../bridge/client-answer.ts';
import { PostAnswer } from '../bridge/up/post-answer.ts';
import { toClientHello } from '../mcp/client-hello.ts';
import { isRpcRequest, parseRpcMessages, type RpcRequest } from '../mcp/json-rpc.ts';
import { isLegacyRevision } from '../mcp/legacy-revisions.ts';
import type { JsonObject } from '../mcp/message.ts';
import type { SessionIds } from '../mcp/session-id.ts';
import { startHop } from '../telemetry/tracing.ts';
import type { AdmittedCall } from '../upstream/forwarder.ts';
import type { StreamHeartbeat } from '../upstream/stream-heartbeat.ts';
import { findUpstreamAddress } from '../upstream/upstream-address.ts';
import type { ListChanges } from '../upstream/list-changes.ts';
import type { UpstreamPools } from '../upstream/upstream-pools.ts';
import type { LegacyUpstream } from './legacy-transport.ts';
import { SseSession } from './sse-session.ts';
import { SseSessions } from './sse-sessions.ts';

/** What the bridge needs of the process. */
export interface SseBridgeOptions {
  readonly pools: UpstreamPools;
  readonly listChanges: ListChanges;
  readonly sessions: SessionIds;
  readonly heartbeat: StreamHeartbeat;
  /** The id of this process, the home of the sessions it opens. */
  readonly processId: string;
  /** How long an upstream may take until its head arrives, in milliseconds. */
  readonly headTimeoutMs: number;
  /** How many streams a process carries at once. */
  readonly maxStreams: number;
  readonly limits: BridgeLimits;
}

/** Legacy client, upstream with HTTP+SSE: what the client does over Streamable HTTP is carried over one stream and a place to post. */
export class SseBridge implements Bridge, Revocable {
  readonly #options: SseBridgeOptions;
  readonly #sessions: SseSessions;

  constructor(options: SseBridgeOptions) {
    this.#options = options;
    this.#sessions = new SseSessions(options.limits);
  }

  /** How many sessions live here. */
  get sessionCount(): number {
    return this.#sessions.size;
  }

  /** A session dies with its home: nobody else has the upstream's stream. */
  async handle(call: AdmittedCall): Promise<void> {
    const { exchange, session: presented } = call;
    if (exchange.message?.method === 'initialize') return this.#initialize(call);
    if (presented?.kind !== 'sse') return exchange.refuse({ reason: 'session_missing' });
    const revision = exchange.req.headers['mcp-protocol-version'];
    if (revision !== undefined && !isLegacyRevision(revision)) return exchange.refuse({ reason: 'era_not_supported' });
    const session = this.#sessions.find(presented.key);
    if (session === undefined) return exchange.refuse({ reason: 'session_unknown' });
    session.access = call.access;
    session.origin = { caller: call.caller, target: call.target };
    if (exchange.req.method === 'DELETE') return this.#end(call, session);
    return exchange.req.method === 'GET' ? this.#openStream(call, session) : this.#post(call, session);
  }

  revoke(judge: JudgeFate): void {
    this.#sessions.revoke(judge);
  }

  close(): Promise<void> {
    return this.#sessions.close();
  }

  async #initialize(call: AdmittedCall): Promise<void> {
    const { exchange } = call;
    const [request] = readMessages(call) as [RpcRequest];
    const hello = request.params ?? {};
    const session = new SseSession(randomBytes(12).toString('base64url'), call, hello);
    if (!this.#sessions.add(session)) return exchange.refuse({ reason: 'too_many_sessions' });
    const opened = await session.open(this.#toUpstream(call));
    if (!opened.ok) {
      await this.#sessions.end(session);
      const { error, rejection } = opened.error;
      if (error === undefined) return exchange.refuse(rejection);
      return this.#toAnswer(call, []).end({ jsonrpc: '2.0', id: request.id, error });
    }
    const { raw } = opened.value.initialized;
    this.#toAnswer(call, this.#toSessionHeader(call, session, hello)).end({ jsonrpc: '2.0', id: request.id, result: raw });
  }

  async #post(call: AdmittedCall, session: SseSession): Promise<void> {
    const { exchange } = call;
    const messages = readMessages(call);
    const requests = messages.filter(isRpcRequest);
    const opened = await session.open(this.#toUpstream(call));
    if (!opened.ok) return exchange.refuse(opened.error.rejection);
    for (const message of messages) if (!isRpcRequest(message)) await session.send(opened.value, message);
    if (requests.length === 0) return accept(call);
    const isBatch = exchange.message?.kind === 'batch';
    const settings = { exchange, heartbeat: this.#options.heartbeat, headers: [], requests: requests.length, isBatch };
    // A client that leaves has not canceled (MCP 2025-11-25, Transports): the call goes on, and nobody hears its end.
    const answer = new PostAnswer(
      settings,
      () => undefined,
      (rejection) => requests.forEach(({ id }) => session.giveUp(id, rejection)),
    );
    // As the public SDK's servers do: a client that sees the head knows that its request arrived.
    answer.openStream();
    const { origin } = findUpstreamAddress(call.target.server);
    for (const request of requests) {
      session.request(opened.value, request, answer, startHop(exchange, { origin, method: request.method }));
    }
  }

  async #openStream(call: AdmittedCall, session: SseSession): Promise<void> {
    const { heartbeat, maxStreams } = this.#options;
    if (heartbeat.size >= maxStreams) return call.exchange.refuse({ reason: 'too_many_streams' });
    const opened = await session.open(this.#toUpstream(call));
    if (!opened.ok) return call.exchange.refuse(opened.error.rejection);
    session.openStream(new ClientAnswer({ exchange: call.exchange, heartbeat, isStandalone: true }));
  }

  async #end(call: AdmittedCall, session: SseSession): Promise<void> {
    await this.#sessions.end(session);
    const headers = ['content-length', '0'];
    call.exchange.addCrossOriginHeaders(headers);
    call.exchange.res.writeHead(200, headers).end();
  }

  #toAnswer({ exchange }: AdmittedCall, headers: readonly string[]): ClientAnswer {
    return new ClientAnswer({ exchange, heartbeat: this.#options.heartbeat, headers });
  }

  #toSessionHeader(call: AdmittedCall, session: SseSession, hello: JsonObject): string[] {
    const { processId, sessions } = this.#options;
    const binding = { routeId: call.target.route.grantId, callerId: call.caller.id };
    const id = sessions.seal({ kind: 'sse', home: processId, key: session.key, client: toClientHello(hello), ...binding });
    call.exchange.openedSession = session.key;
    return ['mcp-session-id', id];
  }

  #toUpstream(call: AdmittedCall): LegacyUpstream {
    const { pools, listChanges, headTimeoutMs } = this.#options;
    return { server: call.target.server, credential: call.credential, pools, listChanges, headTimeoutMs };
  }
}

/** The messages of a POST, which was found to be JSON-RPC before. */
function readMessages(call: AdmittedCall) {
  return parseRpcMessages(call.body!.toString('utf8')) ?? [];
}

/** Answers a POST without requests (MCP 2025-11-25, Transports, Sending Messages). */
function accept({ exchange }: AdmittedCall): void {
  const headers = ['content-length', '0'];
  exchange.addCrossOriginHeaders(headers);
  exchange.res.writeHead(202, headers).end();
}
