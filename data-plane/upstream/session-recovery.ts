import { unpackInitialize } from '../mcp/packed-initialize.ts';
import type { PassThroughSession, PresentedSession, SessionIds } from '../mcp/session-id.ts';
import { collectAnswer } from './collect-answer.ts';
import { EndedSessions, type SharedEndings } from './ended-sessions.ts';
import type { AdmittedCall } from './forwarder.ts';
import { findUpstreamAddress } from './upstream-address.ts';
import type { UpstreamPools } from './upstream-pools.ts';

/** What recovering needs of the process. */
export interface SessionRecoveryOptions {
  readonly pools: UpstreamPools;
  readonly sessions: SessionIds;
  /** How long an upstream may take until its head arrives, in milliseconds. */
  readonly headTimeoutMs: number;
  readonly endings: SharedEndings;
}

/** A session that took the place of a lost one, with the id by which the client may know it from now on. */
export type RecoveredSession = PassThroughSession & { readonly id: string };

/** How many sessions a process remembers as replaced. The oldest are forgotten first. */
const REMEMBERED = 20_000;

/** How many losses of one session are followed. */
const MAX_HOPS = 100;

const ACCEPT = 'application/json, text/event-stream';

/**
 * Opens a session anew that its upstream has lost, with what the client said when it opened it. Clients rarely do so themselves
 * (typescript-sdk#1708, python-sdk#3556). They learn the new id with the answer; for those that keep the old one, the process remembers
 * what took its place. A session that its client ended stays ended.
 */
export class SessionRecovery {
  readonly #options: SessionRecoveryOptions;
  readonly #replaced = new Map<string, RecoveredSession>();
  readonly #ended: EndedSessions;
  readonly #running = new Map<string, Promise<RecoveredSession | undefined>>();

  constructor(options: SessionRecoveryOptions) {
    this.#options = options;
    this.#ended = new EndedSessions(options.endings);
  }

  /** What took the place of a session, where that is known here. */
  find(session: PresentedSession): RecoveredSession | undefined {
    if (this.#replaced.size === 0 || session.kind !== 'pass-through') return undefined;
    let newest: RecoveredSession | undefined;
    let next = this.#replaced.get(toKey(session));
    // What took the place of a session can be lost as well.
    for (let hops = 0; next !== undefined && hops < MAX_HOPS; hops++) {
      newest = next;
      next = this.#replaced.get(toKey(next));
    }
    return newest;
  }

  /** Notes that the client ended its session. */
  noteEnd(session: PresentedSession): void {
    if (session.kind === 'pass-through') this.#ended.note(session);
  }

  /** Whether a call that was refused, because its session is gone, may be made again in a new one. */
  canRecover({ exchange, session }: AdmittedCall): boolean {
    if (session?.kind !== 'pass-through' || session.initialize === undefined) return false;
    // The reply to a question goes to whoever asked, and that one is gone.
    return exchange.req.method !== 'DELETE' && exchange.message?.kind !== 'response';
  }

  /** Opens the session anew; undefined where the upstream does not let it. Calls that find out together share the opening. */
  recover(call: AdmittedCall, lost: PassThroughSession): Promise<RecoveredSession | undefined> {
    const key = toKey(lost);
    const known = this.#replaced.get(key);
    if (known !== undefined) return Promise.resolve(known);
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    const recovery = this.#recover(call, lost, key).finally(() => this.#running.delete(key));
    this.#running.set(key, recovery);
    return recovery;
  }

  async #recover(call: AdmittedCall, lost: PassThroughSession, key: string): Promise<RecoveredSession | undefined> {
    if (await this.#ended.mayHaveEnded(lost)) return undefined;
    const upstreamSessionId = await this.#initialize(call, lost.initialize!);
    if (upstreamSessionId === undefined) return undefined;
    const { routeId, callerId, initialize } = lost;
    const session: PassThroughSession = { kind: 'pass-through', upstreamSessionId, routeId, callerId, initialize };
    const recovered = { ...session, id: this.#options.sessions.seal(session) };
    const ownKey = toKey(recovered);
    // An id that comes back, as a server may issue it, stands for itself again.
    this.#replaced.delete(ownKey);
    makeRoom(this.#replaced);
    if (ownKey !== key) this.#replaced.set(key, recovered);
    return recovered;
  }

  async #initialize(call: AdmittedCall, packed: string): Promise<string | undefined> {
    const answer = await this.#post(call, [], {
      jsonrpc: '2.0',
      id: 'sluice-reopen',
      method: 'initialize',
      params: unpackInitialize(packed),
    });
    if (!answer.ok || answer.value.status !== 200) return undefined;
    const sessionId = answer.value.headers['mcp-session-id'];
    const revision = (answer.value.response?.['result'] as { protocolVersion?: unknown } | undefined)?.protocolVersion;
    const agreed = call.exchange.req.headers['mcp-protocol-version'];
    // The client goes on in the revision that was agreed on first.
    if (typeof sessionId !== 'string' || typeof revision !== 'string' || (agreed !== undefined && agreed !== revision)) return undefined;
    const headers = ['mcp-session-id', sessionId, 'mcp-protocol-version', revision];
    const said = await this.#post(call, headers, { jsonrpc: '2.0', method: 'notifications/initialized' });
    return said.ok && said.value.status < 300 ? sessionId : undefined;
  }

  #post(call: AdmittedCall, extra: readonly string[], message: object) {
    const { pools, headTimeoutMs } = this.#options;
    const headers = ['content-type', 'application/json', 'accept', ACCEPT, 'accept-encoding', 'identity', ...extra];
    const address = findUpstreamAddress(call.target.server);
    return collectAnswer(pools, {
      address,
      method: 'POST',
      headers,
      credential: call.credential,
      body: JSON.stringify(message),
      headTimeoutMs,
    });
  }
}

function toKey({ routeId, callerId, upstreamSessionId }: PassThroughSession): string {
  return `${routeId}\n${callerId}\n${upstreamSessionId}`;
}

function makeRoom(memory: Map<string, unknown>): void {
  if (memory.size >= REMEMBERED) memory.delete(memory.keys().next().value!);
}
