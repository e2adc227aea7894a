import { createHash } from 'node:crypto';
import { err, type Result } from '../../../foundation/result.ts';
import type { OpenFailure } from '../../legacy/legacy-session.ts';
import type { ClientHello } from '../../mcp/client-hello.ts';
import { toSweepMs } from '../bridge-limits.ts';
import type { AdmittedCall } from '../../upstream/forwarder.ts';
import type { UpstreamCredential } from '../../upstream/credential.ts';
import { findSubjectKey } from '../../upstream/subject-key.ts';
import type { ListChanges } from '../../upstream/list-changes.ts';
import type { UpstreamPools } from '../../upstream/upstream-pools.ts';
import { DownSession } from './down-session.ts';

/** Bounds of the sessions that are kept with upstreams. */
export interface PoolLimits {
  /** How many a process keeps. */
  readonly maxSessions: number;
  /** How many of them belong to one caller. */
  readonly maxSessionsPerCaller: number;
  /** After how long without use one is ended, in milliseconds. */
  readonly idleMs: number;
}

export interface SessionPoolOptions {
  readonly pools: UpstreamPools;
  readonly listChanges: ListChanges;
  readonly headTimeoutMs: number;
  readonly limits: PoolLimits;
}

type Opening = Promise<Result<DownSession, OpenFailure>>;

interface Entry {
  readonly callerId: string;
  readonly opening: Opening;
  /** Once it is open. */
  session: DownSession | undefined;
}

/**
 * The sessions that calls of the modern era, which know no sessions, share upstream: one per caller, server, credential and client
 * declaration. Never shared between callers: what a server remembers of one must not reach another.
 */
export class SessionPool {
  readonly #options: SessionPoolOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #credentialSerials = new WeakMap<UpstreamCredential, number>();
  readonly #sweep: NodeJS.Timeout;
  #lastSerial = 0;

  constructor(options: SessionPoolOptions) {
    this.#options = options;
    this.#sweep = setInterval(() => this.#endIdle(Date.now() - options.limits.idleMs), toSweepMs(options.limits.idleMs));
    this.#sweep.unref();
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The session for a call, opened if there is none. Calls that come meanwhile share the opening. */
  async acquire(call: AdmittedCall, client: ClientHello): Opening {
    const key = this.#toKey(call, client);
    const known = this.#entries.get(key);
    if (known !== undefined && known.session?.isOver !== true) {
      // The order of the map is the order of use.
      this.#entries.delete(key);
      this.#entries.set(key, known);
      return known.opening;
    }
    if (!this.#makeRoom(call.caller.id)) return err({ rejection: { reason: 'too_many_sessions' } });
    return this.#open(key, call, client);
  }

  /** Ends every session upstream. */
  async close(): Promise<void> {
    clearInterval(this.#sweep);
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    // What is not open yet is not waited for: the upstream may take its time.
    const openings = entries.filter(({ session }) => session === undefined);
    for (const { opening } of openings) void opening.then((opened) => (opened.ok ? opened.value.close() : undefined));
    await Promise.all(entries.flatMap(({ session }) => (session === undefined ? [] : [session.close()])));
  }

  async #open(key: string, call: AdmittedCall, client: ClientHello): Opening {
    const upstream = {
      server: call.target.server,
      credential: call.credential,
      pools: this.#options.pools,
      listChanges: this.#options.listChanges,
      headTimeoutMs: this.#options.headTimeoutMs,
    };
    const opening = DownSession.open(upstream, client, (session) => this.#drop(key, session));
    const entry: Entry = { callerId: call.caller.id, opening, session: undefined };
    this.#entries.set(key, entry);
    const opened = await opening;
    if (opened.ok) entry.session = opened.value;
    else if (this.#entries.get(key) === entry) this.#entries.delete(key);
    return opened;
  }

  #drop(key: string, session: DownSession): void {
    if (this.#entries.get(key)?.session === session) this.#entries.delete(key);
  }

  #makeRoom(callerId: string): boolean {
    const { maxSessions, maxSessionsPerCaller } = this.#options.limits;
    const own = [...this.#entries.values()].filter((entry) => entry.callerId === callerId).length;
    if (own >= maxSessionsPerCaller) return this.#endLeastUsed((entry) => entry.callerId === callerId);
    return this.#entries.size < maxSessions || this.#endLeastUsed(() => true);
  }

  #endLeastUsed(matches: (entry: Entry) => boolean): boolean {
    for (const [key, entry] of this.#entries) {
      if (!matches(entry) || entry.session?.idleSinceMs === undefined) continue;
      this.#end(key, entry.session);
      return true;
    }
    return false;
  }

  #endIdle(beforeMs: number): void {
    for (const [key, { session }] of this.#entries) {
      if (session?.idleSinceMs !== undefined && session.idleSinceMs < beforeMs) this.#end(key, session);
    }
  }

  #end(key: string, session: DownSession): void {
    this.#entries.delete(key);
    void session.close();
  }

  #toKey(call: AdmittedCall, client: ClientHello): string {
    const { server } = call.target;
    return [toPoolKey(call, client), server.transport, server.upstreamUrl, this.#toSerial(call)].join('\n');
  }

  /** A credential stays the same object as long as its connection is unchanged, whatever token it has: another one is another session. */
  #toSerial(call: AdmittedCall): number {
    const known = this.#credentialSerials.get(call.credential);
    const serial = known ?? ++this.#lastSerial;
    if (known === undefined) this.#credentialSerials.set(call.credential, serial);
    return serial;
  }
}

/** Names what shares a session, in every process alike: a caller, a server, a subject and what the client declares. */
export function toPoolKey({ caller, target }: AdmittedCall, client: ClientHello): string {
  const said = createHash('sha256')
    .update(JSON.stringify([client.clientInfo, client.capabilities]))
    .digest('base64url');
  return [target.server.id, caller.id, findSubjectKey(target, caller), said].join('\n');
}
