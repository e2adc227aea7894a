// Trust boundary: the session ids that clients hold. An id is a sealed statement of the gateway: which upstream session it
// stands for, on which route, for which caller. Nothing is stored, so any replica serves it; an id that was changed, that
// another caller presents, or that is presented on another route, opens to nothing. An id is not an authentication: it is
// looked at only after the caller is known (GHSA-mvgg-jvj2-4frq).
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { KeyRing } from '../../contract/key-ring.ts';
import { err, ok, type Result } from '../../foundation/result.ts';
import type { Caller } from '../request/caller.ts';
import type { Exchange } from '../request/exchange.ts';
import type { Rejection } from '../request/rejection.ts';
import type { Target } from '../request/target.ts';
import type { ClientHello } from './client-hello.ts';

interface SessionBinding {
  /** The route it was opened on. */
  readonly routeId: string;
  /** The caller who opened it. */
  readonly callerId: string;
}

/** A session that the upstream keeps. */
export interface PassThroughSession extends SessionBinding {
  readonly kind: 'pass-through';
  /** The session id that the upstream issued. */
  readonly upstreamSessionId: string;
  /** The packed parameters of its `initialize`, with which a lost session can be opened again; absent where they were too large. */
  readonly initialize?: string;
}

/** A session that a process of the gateway keeps, with what another process needs to make it anew when that one is gone. */
interface HomedSession extends SessionBinding {
  /** The id of the process that keeps it. */
  readonly home: string;
  /** Names it among the sessions of its home. */
  readonly key: string;
  /** What the client said in `initialize`. */
  readonly client: ClientHello;
}

/** A legacy client's session on an upstream that speaks the modern era only. */
export interface BridgedSession extends HomedSession {
  readonly kind: 'bridged';
}

/** A legacy client's session on an upstream with the HTTP+SSE transport. */
export interface SseSession extends HomedSession {
  readonly kind: 'sse';
}

/** What an id stands for. */
export type Session = PassThroughSession | BridgedSession | SseSession;

/** A session as its caller presented it: with the id that the client holds. */
export type PresentedSession = Session & { readonly id: string };

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** The longest id in characters that is opened. */
const MAX_ID_LENGTH = 6_144;

/** How many opened ids a process remembers, so that a busy session is decrypted once and not once a call, and for how long in milliseconds. */
const REMEMBERED = 20_000;
const REMEMBERED_MS = 30 * 60_000;

/** Seals and opens session ids: `<key id>.<base64url of nonce, tag and ciphertext>`, AES-256-GCM with the ring's session keys. */
export class SessionIds {
  readonly #ring: KeyRing;
  /** Those presented lately, and those presented in the time before that. */
  #recent = new Map<string, PresentedSession>();
  #older = new Map<string, PresentedSession>();

  /** @param rememberedMs an id that is not presented for so long, in milliseconds, is forgotten within twice the time. */
  constructor(ring: KeyRing, rememberedMs = REMEMBERED_MS) {
    this.#ring = ring;
    setInterval(() => this.#age(), rememberedMs).unref();
  }

  /** The id by which the caller will know the upstream's session. Visible ASCII (MCP 2025-11-25, Transports, Session Management). */
  seal(session: Session): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#ring.findCipherKey(this.#ring.primaryId, 'session')!, nonce);
    const plain = JSON.stringify(toTuple(session));
    const ciphertext = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return `${this.#ring.primaryId}.${Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]).toString('base64url')}`;
  }

  /** The session behind an id, or undefined where the id is not ours, or not of this caller on this route. */
  find(id: string, routeId: string, callerId: string): PresentedSession | undefined {
    const session = this.#recent.get(id) ?? this.#recall(id);
    return session?.routeId === routeId && session.callerId === callerId ? session : undefined;
  }

  #recall(id: string): PresentedSession | undefined {
    const session = this.#older.get(id) ?? this.#open(id);
    if (session === undefined) return undefined;
    if (this.#recent.size >= REMEMBERED / 2) this.#age();
    this.#recent.set(id, session);
    return session;
  }

  #open(id: string): PresentedSession | undefined {
    const separator = id.indexOf('.');
    if (id.length > MAX_ID_LENGTH || separator < 1) return undefined;
    const key = this.#ring.findCipherKey(id.slice(0, separator), 'session');
    const body = id.slice(separator + 1);
    const bytes = Buffer.from(body, 'base64url');
    if (key === undefined || bytes.length <= NONCE_BYTES + TAG_BYTES) return undefined;
    // Decoding skips what is no base64url; one session must not have many ids (RFC 4648 section 3.5).
    if (bytes.toString('base64url') !== body) return undefined;
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    try {
      const plain = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
      return { ...toSession(JSON.parse(plain) as SessionTuple), id };
    } catch {
      // AES-GCM says by throwing that the id is not authentic; there is nothing more to learn from it.
      return undefined;
    }
  }

  /** The ids still in use come back at the price of one decryption each. */
  #age(): void {
    this.#older = this.#recent;
    this.#recent = new Map();
  }
}

/** The sealed form: the id travels in a header with each request, so names of fields are not worth their bytes. */
type SessionTuple =
  | readonly ['p', routeId: string, callerId: string, upstreamSessionId: string, initialize?: string]
  | readonly ['b' | 's', routeId: string, callerId: string, home: string, key: string, client: ClientHello];

function toTuple(session: Session): SessionTuple {
  const { routeId, callerId } = session;
  if (session.kind !== 'pass-through') {
    return [session.kind === 'bridged' ? 'b' : 's', routeId, callerId, session.home, session.key, session.client];
  }
  const { upstreamSessionId, initialize } = session;
  return initialize === undefined ? ['p', routeId, callerId, upstreamSessionId] : ['p', routeId, callerId, upstreamSessionId, initialize];
}

function toSession(tuple: SessionTuple): Session {
  const [tag, routeId, callerId] = tuple;
  if (tag === 'p') return { kind: 'pass-through', routeId, callerId, upstreamSessionId: tuple[3], initialize: tuple[4] };
  return { kind: tag === 'b' ? 'bridged' : 'sse', routeId, callerId, home: tuple[3], key: tuple[4], client: tuple[5] };
}

/**
 * The session that a request continues, or undefined where it continues none. Modern requests have no session
 * (MCP 2026-07-28: an incoming id is ignored), and `initialize` opens one whatever stale id it carries.
 */
export function findSession(
  sessions: SessionIds,
  exchange: Exchange,
  target: Target,
  caller: Caller,
): Result<PresentedSession | undefined, Rejection> {
  const presented = exchange.req.headers['mcp-session-id'];
  const { message } = exchange;
  if (typeof presented !== 'string' || message?.era === 'modern' || message?.method === 'initialize') return ok(undefined);
  const session = sessions.find(presented, target.route.grantId, caller.id);
  return session === undefined ? err({ reason: 'session_unknown' }) : ok(session);
}
