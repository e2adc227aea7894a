// Trust boundary: who is calling. It trusts the key hashes of the snapshot and nothing a client says about itself. A key of
// another workspace is answered like no key at all. Keys are never logged, stored or forwarded.
import type { IncomingMessage } from 'node:http';
import { findApiKeyLookup, isApiKey } from '../../contract/api-key.ts';
import type { AccessSubject } from '../../contract/access-decision.ts';
import type { SnapshotApiKey } from '../../contract/snapshot.ts';
import { err, ok, type Result } from '../../foundation/result.ts';
import type { RoutedWorkspace } from '../snapshot/routed-workspace.ts';
import type { Rejection } from './rejection.ts';

/** An authenticated peer. */
export interface Caller {
  /** Binds sessions: the person where there is one, so that a new key continues what an old one began; else the key. */
  readonly id: string;
  readonly keyId: string;
  readonly subject: AccessSubject;
}

/** The scope that a key needs to call MCP servers. */
const CALL_SCOPE = 'MCP';

/** How many proven keys a process remembers. */
const REMEMBERED = 20_000;

interface ProvenKey {
  readonly key: SnapshotApiKey;
  readonly caller: Caller;
}

/** Authenticates requests by API key. */
export class Authenticator {
  /**
   * Keys that were proven by hash, so that a busy key is hashed once and not once a call. An entry counts only while the workspace still
   * holds the very same key object: a revision that changes or revokes the key makes it worthless.
   */
  readonly #proven = new Map<string, ProvenKey>();

  /** The caller behind a request to a workspace, which may be one that does not exist. */
  authenticate(workspace: RoutedWorkspace | undefined, req: IncomingMessage, nowMs: number): Result<Caller, Rejection> {
    const presented = findPresentedKey(req);
    if (presented === undefined) return err({ reason: 'credential_missing' });
    const proven = this.#findProven(workspace, presented) ?? this.#prove(workspace, presented);
    if (proven === undefined) return err({ reason: 'credential_invalid' });
    const { key, caller } = proven;
    if (key.expiresAtMs !== undefined && key.expiresAtMs <= nowMs) return err({ reason: 'credential_expired', keyId: key.id });
    return key.scopes.includes(CALL_SCOPE) ? ok(caller) : err({ reason: 'scope_missing', keyId: key.id });
  }

  #findProven(workspace: RoutedWorkspace | undefined, presented: string): ProvenKey | undefined {
    const proven = this.#proven.get(presented);
    return proven !== undefined && workspace?.findKey(proven.key.lookup) === proven.key ? proven : undefined;
  }

  #prove(workspace: RoutedWorkspace | undefined, presented: string): ProvenKey | undefined {
    const lookup = findApiKeyLookup(presented);
    const key = lookup === undefined ? undefined : workspace?.findKey(lookup);
    if (key === undefined || !isApiKey(presented, key.hash)) return undefined;
    const caller = toCaller(key);
    if (caller === undefined) return undefined;
    if (this.#proven.size >= REMEMBERED) this.#proven.clear();
    const proven = { key, caller };
    this.#proven.set(presented, proven);
    return proven;
  }
}

/** `Authorization: Bearer` (RFC 6750 section 2.1) or `x-sluice-api-key`, for clients that keep Authorization for themselves. */
function findPresentedKey(req: IncomingMessage): string | undefined {
  const own = req.headers['x-sluice-api-key'];
  if (typeof own === 'string' && own !== '') return own;
  const authorization = req.headers.authorization;
  if (authorization === undefined || authorization.length < 8 || authorization.slice(0, 7).toLowerCase() !== 'bearer ') return undefined;
  return authorization.slice(7).trim();
}

function toCaller(key: SnapshotApiKey): Caller | undefined {
  if (key.kind === 'SERVICE') return { id: `key:${key.id}`, keyId: key.id, subject: { kind: 'SERVICE' } };
  return key.userId === undefined ? undefined : { id: `user:${key.userId}`, keyId: key.id, subject: { kind: 'USER', userId: key.userId } };
}
