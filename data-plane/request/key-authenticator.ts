// Trust boundary: who calls with an API key. It trusts the key hashes of the snapshot. A key of another workspace is answered like no
// key at all. Keys are never logged, stored or forwarded.
import { findApiKeyLookup, isApiKey } from '../../contract/api-key.ts';
import type { SnapshotApiKey } from '../../contract/snapshot.ts';
import { err, ok, type Result } from '../../foundation/result.ts';
import type { RoutedWorkspace } from '../snapshot/routed-workspace.ts';
import { toPersonId, type KeyCaller } from './caller.ts';
import type { Rejection } from './rejection.ts';

/** The scope that a key needs to call MCP servers. */
const CALL_SCOPE = 'MCP';

/** How many proven keys a process remembers. */
const REMEMBERED = 20_000;

interface ProvenKey {
  readonly key: SnapshotApiKey;
  readonly caller: KeyCaller;
}

/** Authenticates by API key. */
export class KeyAuthenticator {
  /**
   * Keys that were proven by hash, so that a busy key is hashed once and not once a call. An entry counts only while the workspace still
   * holds the very same key object: a revision that changes or revokes the key makes it worthless.
   */
  readonly #proven = new Map<string, ProvenKey>();

  /** The caller behind a key that was sent to a workspace, which may be one that does not exist. */
  authenticate(workspace: RoutedWorkspace | undefined, presented: string, nowMs: number): Result<KeyCaller, Rejection> {
    const proven = this.#findProven(workspace, presented) ?? this.#prove(workspace, presented);
    if (proven === undefined) return err({ reason: 'credential_invalid' });
    const { key, caller } = proven;
    if (isExpired(key, nowMs)) return err({ reason: 'credential_expired', keyId: key.id });
    return key.scopes.includes(CALL_SCOPE) ? ok(caller) : err({ reason: 'scope_missing' });
  }

  /** Whether a caller who came in with a key could come in with it again. */
  isStillValid(workspace: RoutedWorkspace, caller: KeyCaller, nowMs: number): boolean {
    const key = workspace.findKey(caller.lookup);
    return key !== undefined && key.id === caller.keyId && !isExpired(key, nowMs) && key.scopes.includes(CALL_SCOPE);
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

function isExpired(key: SnapshotApiKey, nowMs: number): boolean {
  return key.expiresAtMs !== undefined && key.expiresAtMs <= nowMs;
}

function toCaller({ id: keyId, kind, lookup, userId }: SnapshotApiKey): KeyCaller | undefined {
  if (kind === 'SERVICE') return { kind: 'API_KEY', id: `key:${keyId}`, subject: { kind: 'SERVICE' }, keyId, lookup };
  return userId === undefined ? undefined : { kind: 'API_KEY', id: toPersonId(userId), subject: { kind: 'USER', userId }, keyId, lookup };
}
