import type { KeyRing } from '../../../contract/key-ring.ts';
import type { JudgeFate, Revocable } from '../../access/revocation.ts';
import type { OpenFailure } from '../../legacy/legacy-session.ts';
import { isRefusalOfLegacy } from '../../mcp/era-evidence.ts';
import { parseLossless } from '../../mcp/lossless-json.ts';
import { isObject, type JsonObject } from '../../mcp/message.ts';
import { MODERN_REVISION } from '../../mcp/modern-envelope.ts';
import type { PeerRelay } from '../../peers/peer-relay.ts';
import type { Rejection } from '../../request/rejection.ts';
import type { EraVerdicts } from '../../upstream/era-verdicts.ts';
import type { AdmittedCall } from '../../upstream/forwarder.ts';
import type { StreamHeartbeat } from '../../upstream/stream-heartbeat.ts';
import type { ListChanges } from '../../upstream/list-changes.ts';
import type { UpstreamPools } from '../../upstream/upstream-pools.ts';
import type { BridgeLimits } from '../bridge-limits.ts';
import type { Bridge } from '../bridge.ts';
import { ClientAnswer } from '../client-answer.ts';
import { DownCall, type Waiter } from './down-call.ts';
import type { DownSession } from './down-session.ts';
import { readEnvelope, toLegacyParams, type Envelope } from './from-modern.ts';
import { Listen } from './listen.ts';
import { ParkedCalls, type ParkingTicket } from './parked-calls.ts';
import { SessionPool, toPoolKey } from './session-pool.ts';
import { toDiscoverResult } from './to-modern.ts';

/** What the bridge needs of the process. */
export interface DownBridgeOptions {
  readonly pools: UpstreamPools;
  readonly listChanges: ListChanges;
  readonly heartbeat: StreamHeartbeat;
  readonly keyRing: KeyRing;
  readonly peers: PeerRelay;
  readonly verdicts: EraVerdicts;
  /** How long an upstream may take until its head arrives, in milliseconds. */
  readonly headTimeoutMs: number;
  /** How many streams a process carries at once. */
  readonly maxStreams: number;
  readonly limits: BridgeLimits;
}

/** One request of a client, read. */
interface DownRequest {
  readonly call: AdmittedCall;
  readonly method: string;
  readonly params: JsonObject | undefined;
  readonly envelope: Envelope;
}

/** Methods of the legacy era that a modern server does not have, whatever its upstream would say to them. */
const REMOVED: ReadonlySet<string> = new Set([
  'initialize',
  'ping',
  'logging/setLevel',
  'resources/subscribe',
  'resources/unsubscribe',
  'tasks/get',
  'tasks/list',
  'tasks/result',
  'tasks/update',
  'tasks/cancel',
]);

/** How many calls one caller may have waiting: no client is asked more than a few things at once. */
const MAX_PARKED_PER_CALLER = 50;

/** How often a request is made again whose session was lost before the upstream worked on it. */
const MAX_ATTEMPTS = 2;

/** Modern client, legacy upstream of either transport. */
export class DownBridge implements Bridge, Revocable {
  readonly #options: DownBridgeOptions;
  readonly #sessions: SessionPool;
  readonly #parked: ParkedCalls;

  constructor(options: DownBridgeOptions) {
    const { pools, listChanges, headTimeoutMs, limits, keyRing, peers } = options;
    const { maxSessions, maxSessionsPerCaller, pooledSessionIdleMs, maxParkedCalls, parkedMs, maxParkedBytes } = limits;
    const parking = {
      maxCalls: maxParkedCalls,
      maxCallsPerCaller: MAX_PARKED_PER_CALLER,
      maxWaitMs: parkedMs,
      maxHeldBytes: maxParkedBytes,
    };
    this.#options = options;
    this.#sessions = new SessionPool({
      pools,
      listChanges,
      headTimeoutMs,
      limits: { maxSessions, maxSessionsPerCaller, idleMs: pooledSessionIdleMs },
    });
    this.#parked = new ParkedCalls(keyRing, peers.ownId, parking);
  }

  /** How many sessions with upstreams are kept. */
  get sessionCount(): number {
    return this.#sessions.size;
  }

  /** How many calls wait for their clients. */
  get parkedCount(): number {
    return this.#parked.size;
  }

  handle(call: AdmittedCall): void | Promise<void> {
    const { exchange } = call;
    const body = parseLossless(call.body!.toString('utf8')) as JsonObject;
    const params = isObject(body['params']) ? body['params'] : undefined;
    const request: DownRequest = { call, method: body['method'] as string, params, envelope: readEnvelope(params) };
    if (exchange.message?.kind !== 'request') return this.#accept(call);
    const refusal = findRefusal(request);
    if (refusal !== undefined) return exchange.refuse(refusal);
    const { requestState } = request.envelope;
    return requestState === undefined ? this.#serveAtOwner(request) : this.#resume(request, requestState);
  }

  revoke(judge: JudgeFate): void {
    this.#parked.revoke(judge);
  }

  async close(): Promise<void> {
    this.#parked.close();
    await this.#sessions.close();
  }

  /** The notifications that the modern era has over HTTP are about other transports, and a session would not know of whom they come. */
  #accept({ exchange }: AdmittedCall): void {
    const headers: string[] = [];
    exchange.addCrossOriginHeaders(headers);
    exchange.res.writeHead(202, headers);
    exchange.res.end();
  }

  /** What a server remembers of a session, and tells one session only, has to reach all calls of a client: one process keeps the session. */
  async #serveAtOwner(request: DownRequest): Promise<void> {
    const { call, envelope } = request;
    const outcome = await this.#options.peers.relayToOwner(call, toPoolKey(call, envelope.client));
    if (outcome === 'gone' && !call.exchange.res.destroyed) await this.#serve(request, 1);
  }

  async #serve(request: DownRequest, attempt: number): Promise<void> {
    const { call, method, envelope } = request;
    const opened = await this.#sessions.acquire(call, envelope.client);
    if (!opened.ok) return this.#refuseOpening(call, opened.error);
    const session = opened.value;
    if (call.exchange.res.destroyed) return;
    if (method === 'server/discover') return this.#discover(request, session);
    if (method === 'subscriptions/listen') return this.#listen(request, session);
    if (method === 'tools/call') {
      const fault = await session.toolParameters.findFault(request.params, call.exchange.req.headers);
      if (fault !== undefined) return call.exchange.refuse({ reason: 'header_mismatch', fault });
    }
    return this.#run(session, request, this.#toWaiter(request), attempt);
  }

  #run(session: DownSession, request: DownRequest, waiter: Waiter, attempt: number): Promise<void> {
    const { method, params } = request;
    const onUntouched = (again: Waiter) => void this.#runAgain(request, again, attempt + 1);
    return new DownCall({ session, parked: this.#parked, method, params: toLegacyParams(params), onUntouched }).start(waiter);
  }

  /** The session was gone before the upstream worked on the call: a fresh one serves it, and the client learns nothing of it. */
  async #runAgain(request: DownRequest, waiter: Waiter, attempt: number): Promise<void> {
    if (attempt > MAX_ATTEMPTS) return waiter.answer.refuse({ reason: 'upstream_connection_lost' });
    const opened = await this.#sessions.acquire(request.call, request.envelope.client);
    if (!opened.ok) return waiter.answer.refuse(opened.error.rejection);
    return this.#run(opened.value, request, waiter, attempt);
  }

  #discover({ call }: DownRequest, session: DownSession): void {
    const answer = new ClientAnswer({ exchange: call.exchange, heartbeat: this.#options.heartbeat });
    answer.end({ jsonrpc: '2.0', id: call.exchange.message!.id, result: toDiscoverResult(session.initialized) });
  }

  async #listen({ call, params }: DownRequest, session: DownSession): Promise<void> {
    const { heartbeat, maxStreams } = this.#options;
    if (heartbeat.size >= maxStreams) return call.exchange.refuse({ reason: 'too_many_streams' });
    const requested = params?.['notifications'];
    if (!isObject(requested)) return call.exchange.refuse({ reason: 'envelope_invalid', fault: 'params lacks notifications' });
    let listen: Listen | undefined;
    const { exchange } = call;
    const answer = new ClientAnswer({
      exchange,
      heartbeat,
      isStandalone: true,
      onStop: () => listen?.onEnd(),
    });
    answer.onGone = () => listen?.stop();
    listen = await Listen.start({ session, answer, id: exchange.message!.id!, access: call.access }, requested);
  }

  async #resume(request: DownRequest, requestState: unknown): Promise<void> {
    const { call, method, params, envelope } = request;
    const ticket = this.#parked.readTicket(call, requestState);
    if (ticket === undefined) return call.exchange.refuse({ reason: 'parked_call_unknown' });
    if (ticket.home !== this.#options.peers.ownId) return this.#relay(call, ticket);
    const down = this.#parked.take(ticket);
    if (down === undefined) return call.exchange.refuse({ reason: 'parked_call_unknown' });
    if (!down.isSameCall(method, params)) {
      down.giveUp();
      return call.exchange.refuse({ reason: 'parked_call_unknown' });
    }
    down.resume(this.#toWaiter(request), envelope.inputResponses);
  }

  async #relay(call: AdmittedCall, { home }: ParkingTicket): Promise<void> {
    if ((await this.#options.peers.relay(call, home)) === 'gone') call.exchange.refuse({ reason: 'parked_call_lost' });
  }

  #toWaiter({ call, envelope }: DownRequest): Waiter {
    const { exchange } = call;
    const answer = new ClientAnswer({ exchange, heartbeat: this.#options.heartbeat });
    return { origin: call, answer, id: exchange.message!.id!, progressToken: envelope.progressToken, logLevel: envelope.logLevel };
  }

  /** An upstream that refuses to open a session as modern ones do is not what it was taken for. */
  #refuseOpening(call: AdmittedCall, { rejection, error }: OpenFailure): void {
    if (isRefusalOfLegacy(error?.code)) this.#options.verdicts.forget(call);
    call.exchange.refuse(rejection);
  }
}

function findRefusal({ method, envelope }: DownRequest): Rejection | undefined {
  const { protocolVersion } = envelope;
  if (protocolVersion !== MODERN_REVISION) {
    return { reason: 'revision_unsupported', requested: String(protocolVersion), supported: [MODERN_REVISION] };
  }
  return REMOVED.has(method) ? { reason: 'method_unknown' } : undefined;
}
