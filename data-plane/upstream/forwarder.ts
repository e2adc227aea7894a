import { withUpstreamName } from '../access/authorize-message.ts';
import type { CallAccess } from '../access/call-access.ts';
import { withMetaMembers } from '../mcp/meta-members.ts';
import type { PresentedSession, SessionIds } from '../mcp/session-id.ts';
import type { Caller } from '../request/caller.ts';
import type { Exchange } from '../request/exchange.ts';
import type { Target } from '../request/target.ts';
import { startHop } from '../telemetry/tracing.ts';
import type { UpstreamCredential } from './credential.ts';
import type { SharedEndings } from './ended-sessions.ts';
import { HeadDeadlines } from './head-deadlines.ts';
import type { ListChanges } from './list-changes.ts';
import { ResponseRelay } from './response-relay.ts';
import { SessionRecovery, type RecoveredSession } from './session-recovery.ts';
import { isStandalone, type StreamHeartbeat } from './stream-heartbeat.ts';
import { findUpstreamAddress } from './upstream-address.ts';
import { toUpstreamHeaders, withoutEventId } from './upstream-headers.ts';
import type { UpstreamPools } from './upstream-pools.ts';

/** A request that passed every check. */
export interface AdmittedCall {
  readonly exchange: Exchange;
  readonly target: Target;
  readonly caller: Caller;
  /** The bytes of a POST, exactly as they came unless a rule changes something. */
  readonly body: Buffer | undefined;
  readonly session: PresentedSession | undefined;
  readonly credential: UpstreamCredential;
  /** What the caller may not know of the answer; undefined where everything is open to them. */
  readonly access?: CallAccess | undefined;
  /** The bytes of a POST as they came, for a process that judges them itself. */
  readonly received?: Buffer | undefined;
  /** Whether the session is not the one that the client named, but one that took its place. The client is told its id. */
  readonly isRecovered?: boolean;
}

/** What forwarding needs of the process. */
export interface ForwarderOptions {
  readonly pools: UpstreamPools;
  readonly sessions: SessionIds;
  readonly heartbeat: StreamHeartbeat;
  /** How long an upstream may take until its head arrives, in milliseconds. Not applied to GET: some servers send the head with the first event. */
  readonly headTimeoutMs: number;
  /** How many streams a process carries at once. */
  readonly maxStreams: number;
  readonly endings: SharedEndings;
  readonly listChanges: ListChanges;
}

/** Why a call may be made again that its upstream refused before it worked on it. Each of them once. */
export interface SecondChances {
  /** In a session that takes the place of a lost one. */
  readonly mayRecover: boolean;
  /** With a newer credential. */
  readonly mayRenew: boolean;
}

const ALL_CHANCES: SecondChances = { mayRecover: true, mayRenew: true };

/** Learns what the answers to passed-through calls say about the upstream's eras. */
export interface EraWatcher {
  /**
   * The upstream refused a legacy call as one does that speaks the modern era only. Resolves with true where somebody else answers
   * the client from here on, with false where the upstream's own answer is to be passed on.
   */
  onLegacyRefused(call: AdmittedCall): Promise<boolean>;
  /** The upstream refused a modern call as one does that speaks the legacy era only. Its answer is passed on. */
  onModernRefused(call: AdmittedCall): void;
}

/** Sends admitted calls upstream and relays what comes back. */
export class Forwarder {
  readonly options: ForwarderOptions;
  readonly recovery: SessionRecovery;
  readonly deadlines = new HeadDeadlines();

  constructor(options: ForwarderOptions) {
    this.options = options;
    this.recovery = new SessionRecovery(options);
  }

  /** Starts the call and returns; the relay answers the client. */
  forward(call: AdmittedCall, watcher: EraWatcher): void {
    const { exchange } = call;
    if (this.options.heartbeat.size >= this.options.maxStreams && isStandalone(exchange)) {
      return exchange.refuse({ reason: 'too_many_streams' });
    }
    const recovered = call.session === undefined ? undefined : this.recovery.find(call.session);
    const named = recovered ?? call.session;
    if (named !== undefined && exchange.req.method === 'DELETE') this.recovery.noteEnd(named);
    this.#send(recovered === undefined ? call : inRecovered(call, recovered), watcher, ALL_CHANCES);
  }

  /** Makes a call again whose session was found to be lost, in the one that took its place. */
  repeat(call: AdmittedCall, recovered: RecoveredSession, watcher: EraWatcher, left: SecondChances): void {
    this.#send(inRecovered(call, recovered), watcher, { ...left, mayRecover: false });
  }

  /** Makes a call again whose credential was refused, with what it is now. */
  resend(call: AdmittedCall, watcher: EraWatcher, left: SecondChances): void {
    this.#send(call, watcher, { ...left, mayRenew: false });
  }

  /** Sends a call to a path of its upstream: first the registered one, then where the upstream redirected to. */
  dispatch(relay: ResponseRelay, path: string): void {
    const { access, exchange, body, session, credential } = relay.call;
    relay.sentCredential = credential.headers;
    relay.hop.end();
    const hop = (relay.hop = startHop(exchange, relay));
    const raw = relay.call.isRecovered === true ? withoutEventId(exchange.req.rawHeaders) : exchange.req.rawHeaders;
    const pool = this.options.pools.open(relay.origin, exchange.startedAtMs);
    pool.dispatch(
      {
        path,
        method: exchange.req.method!,
        headers: toUpstreamHeaders(
          access === undefined ? raw : withUpstreamName(raw, exchange.message?.name),
          session?.kind === 'pass-through' ? session.upstreamSessionId : undefined,
          relay.sentCredential,
          hop.headers,
        ),
        body: body === undefined ? null : hop.meta.length === 0 ? body : withMetaMembers(body, hop.meta),
        headersTimeout: 0, // see HeadDeadlines
      },
      relay,
    );
  }

  /** Sends a call again that cannot have reached its upstream. */
  retry(relay: ResponseRelay): void {
    this.dispatch(relay, findUpstreamAddress(relay.call.target.server).path);
  }

  #send(call: AdmittedCall, watcher: EraWatcher, chances: SecondChances): void {
    const address = findUpstreamAddress(call.target.server);
    this.dispatch(new ResponseRelay(this, call, address.origin, watcher, chances), address.path);
  }
}

function inRecovered(call: AdmittedCall, session: RecoveredSession): AdmittedCall {
  return { ...call, session, isRecovered: true };
}
