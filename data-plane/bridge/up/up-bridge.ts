import { randomBytes } from 'node:crypto';
import { toClientHello } from '../../mcp/client-hello.ts';
import { isLegacyRevision } from '../../mcp/legacy-revisions.ts';
import { parseLossless } from '../../mcp/lossless-json.ts';
import { isObject, type JsonObject } from '../../mcp/message.ts';
import type { SessionIds } from '../../mcp/session-id.ts';
import type { EraVerdicts } from '../../upstream/era-verdicts.ts';
import type { AdmittedCall } from '../../upstream/forwarder.ts';
import type { StreamHeartbeat } from '../../upstream/stream-heartbeat.ts';
import type { ListChanges } from '../../upstream/list-changes.ts';
import type { UpstreamPools } from '../../upstream/upstream-pools.ts';
import type { BridgeLimits } from '../bridge-limits.ts';
import type { Bridge } from '../bridge.ts';
import { ClientAnswer } from '../client-answer.ts';
import { ParkedBudget } from '../parked-budget.ts';
import type { BridgedSession } from './bridged-session.ts';
import { Discoveries } from './discoveries.ts';
import { GetStream } from './get-stream.ts';
import { PostedMessages } from './posted-messages.ts';
import { SessionStore } from './session-store.ts';
import { toInitializeResult } from './to-legacy.ts';
import { ToolHeaders } from './tool-headers.ts';
import { UpstreamSide } from './upstream-side.ts';

/** What the bridge needs of the process. */
export interface UpBridgeOptions {
  readonly pools: UpstreamPools;
  readonly listChanges: ListChanges;
  readonly sessions: SessionIds;
  readonly heartbeat: StreamHeartbeat;
  readonly verdicts: EraVerdicts;
  /** The id of this process, the home of the sessions it opens. */
  readonly processId: string;
  /** How long an upstream may take until its head arrives, in milliseconds. */
  readonly headTimeoutMs: number;
  /** How many streams a process carries at once. */
  readonly maxStreams: number;
  readonly limits: BridgeLimits;
}

/** Serves legacy clients on upstreams that speak the modern era only: the sessions that such an upstream does not have live here. */
export class UpBridge implements Bridge {
  readonly #options: UpBridgeOptions;
  readonly #store: SessionStore;
  readonly #upstream: UpstreamSide;
  readonly #discoveries: Discoveries;
  readonly #messages: PostedMessages;
  readonly #parked: ParkedBudget;

  constructor(options: UpBridgeOptions) {
    const { maxParkedCalls, maxParkedBytes, parkedMs } = options.limits;
    this.#options = options;
    this.#store = new SessionStore(options.limits);
    this.#parked = new ParkedBudget(maxParkedCalls, maxParkedBytes);
    this.#upstream = new UpstreamSide(options.pools, options.headTimeoutMs, options.listChanges);
    this.#discoveries = new Discoveries(this.#upstream);
    this.#messages = new PostedMessages({
      upstream: this.#upstream,
      discoveries: this.#discoveries,
      toolHeaders: new ToolHeaders(this.#upstream),
      limits: { parked: this.#parked, waitMs: parkedMs },
      verdicts: options.verdicts,
    });
  }

  /** How many sessions live here. */
  get sessionCount(): number {
    return this.#store.size;
  }

  /** How many calls wait for their clients. */
  get parkedCount(): number {
    return this.#parked.size;
  }

  /** A session whose home is gone is adopted: made anew here from what its id says, under an id that names this process. */
  async handle(call: AdmittedCall): Promise<void> {
    const { exchange, session: presented } = call;
    if (exchange.message?.method === 'initialize') return this.#initialize(call);
    if (presented?.kind !== 'bridged') return exchange.refuse({ reason: 'session_missing' });
    const revision = exchange.req.headers['mcp-protocol-version'];
    if (revision !== undefined && !isLegacyRevision(revision)) return exchange.refuse({ reason: 'era_not_supported' });
    const session = this.#store.open(presented.key, presented.client);
    if (session === undefined) return exchange.refuse({ reason: 'session_unknown' });
    const isAdopted = presented.home !== this.#options.processId;
    const headers = isAdopted ? this.#toSessionHeader(call, session) : [];
    if (exchange.req.method === 'DELETE') return this.#endSession(call, session);
    if (exchange.req.method === 'GET') return this.#openStream(call, session, headers);
    return this.#messages.handle(call, session, { heartbeat: this.#options.heartbeat, headers });
  }

  close(): Promise<void> {
    this.#store.close();
    return Promise.resolve();
  }

  async #initialize(call: AdmittedCall): Promise<void> {
    const { exchange } = call;
    const { params } = parseLossless(call.body!.toString('utf8')) as JsonObject;
    const client = toClientHello(isObject(params) ? params : undefined);
    const discovered = await this.#discoveries.load(call, { client });
    if (!discovered.ok) return exchange.refuse(discovered.error);
    const session = this.#store.open(randomBytes(12).toString('base64url'), client)!;
    const headers = this.#toSessionHeader(call, session);
    const answer = new ClientAnswer({ exchange, heartbeat: this.#options.heartbeat, headers });
    answer.end({ jsonrpc: '2.0', id: exchange.message?.id, result: toInitializeResult(discovered.value, client.protocolVersion) });
  }

  /** One stream a session: a client that opens another one has lost the first, though its connection may not know that. */
  async #openStream(call: AdmittedCall, session: BridgedSession, headers: readonly string[]): Promise<void> {
    const { heartbeat, maxStreams } = this.#options;
    if (heartbeat.size >= maxStreams) return call.exchange.refuse({ reason: 'too_many_streams' });
    session.stream?.end();
    const context = { call, session, upstream: this.#upstream, discoveries: this.#discoveries, heartbeat, headers };
    const stream = new GetStream(context);
    session.stream = stream;
    await stream.open();
  }

  #endSession(call: AdmittedCall, session: BridgedSession): void {
    this.#store.end(session);
    const headers: string[] = ['content-length', '0'];
    call.exchange.addCrossOriginHeaders(headers);
    call.exchange.res.writeHead(200, headers).end();
  }

  #toSessionHeader(call: AdmittedCall, session: BridgedSession): string[] {
    const { processId, sessions } = this.#options;
    const binding = { routeId: call.target.route.grantId, callerId: call.caller.id };
    call.exchange.openedSession = session.key;
    return ['mcp-session-id', sessions.seal({ kind: 'bridged', home: processId, key: session.key, client: session.client, ...binding })];
  }
}
