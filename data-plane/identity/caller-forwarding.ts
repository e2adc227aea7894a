// Trust boundary: what a client's request may add to what goes upstream. Only headers that the server's settings name, under the names that
// they give them; what says who calls is written by the gateway alone. A client's copy of such a header is on no list, so it stays here.
import type { IncomingHttpHeaders } from 'node:http';
import { findForwardingFault, type Forwarding } from '../../contract/forwarding.ts';
import type { ServerDocument } from '../../contract/snapshot.ts';
import type { Clock } from '../../foundation/clock.ts';
import type { Caller } from '../request/caller.ts';
import type { Target } from '../request/target.ts';
import type { CredentialHeaders, UpstreamCredential } from '../upstream/credential.ts';
import { IDENTITY_SECONDS, toCallerClaims } from './caller-claims.ts';
import { ForwardingCredential } from './forwarding-credential.ts';
import { encode, type IdentityKeys } from './identity-keys.ts';

/** Characters of a forwarded value. A longer one is left out. */
const MAX_VALUE_LENGTH = 4_096;
/** RFC 9110 section 5.5, without `obs-text`. */
const VALUE = /^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/;

/** How many sets of forwarded values of one caller on one server are told apart. */
const MAX_SETS = 16;

/** What is left of a token's life when another one is made, in milliseconds: an upstream has to be able to look at it. */
const FRESH_MS = (IDENTITY_SECONDS * 1_000) / 2;

interface KnownCredential {
  readonly base: UpstreamCredential;
  readonly credential: UpstreamCredential;
}

/** Adds to credentials what servers want to be told of the caller and the request. */
export class CallerForwarding {
  readonly #issuer: string;
  readonly #keys: IdentityKeys;
  readonly #clock: Clock;
  /** The same object as long as nothing changes: sessions with upstreams are kept by it. */
  readonly #known = new WeakMap<Caller, WeakMap<ServerDocument, Map<string, KnownCredential>>>();

  /** @param issuer the public base URL of the gateway, where the keys can be fetched. */
  constructor(issuer: string, keys: IdentityKeys, clock: Clock) {
    this.#issuer = issuer;
    this.#keys = keys;
    this.#clock = clock;
  }

  /** The credential itself where the server wants nothing. */
  add(base: UpstreamCredential, target: Target, caller: Caller, headers: IncomingHttpHeaders): UpstreamCredential {
    const { forwarding } = target.server;
    if (forwarding === undefined) return base;
    const forwarded = findForwarded(forwarding, headers);
    const sets = this.#findSets(caller, target.server);
    const name = JSON.stringify([target.workspace.id, forwarded]);
    const known = sets.get(name);
    if (known?.base === base) return known.credential;
    const identity = this.#makeIdentity(forwarding, target, caller);
    const credential = new ForwardingCredential(base, { forwarded, identity });
    if (!sets.has(name) && sets.size >= MAX_SETS) sets.delete(sets.keys().next().value!);
    sets.set(name, { base, credential });
    return credential;
  }

  #findSets(caller: Caller, server: ServerDocument): Map<string, KnownCredential> {
    const servers = this.#known.get(caller) ?? new WeakMap<ServerDocument, Map<string, KnownCredential>>();
    this.#known.set(caller, servers);
    const sets = servers.get(server) ?? new Map<string, KnownCredential>();
    servers.set(server, sets);
    return sets;
  }

  #makeIdentity({ claimsHeader, identityHeader }: Forwarding, { server, workspace }: Target, caller: Caller): () => CredentialHeaders {
    let made: { readonly atMs: number; readonly headers: CredentialHeaders } | undefined;
    return () => {
      const nowMs = this.#clock.nowMs();
      if (made !== undefined && nowMs >= made.atMs && nowMs - made.atMs < FRESH_MS) return made.headers;
      const claims = toCallerClaims(this.#issuer, server, workspace, caller, nowMs);
      const headers = [
        ...(identityHeader === undefined ? [] : [identityHeader, this.#keys.sign({ ...claims })]),
        ...(claimsHeader === undefined ? [] : [claimsHeader, encode(claims)]),
      ];
      made = { atMs: nowMs, headers };
      return headers;
    };
  }
}

function findForwarded({ claimsHeader, headers: allowed, identityHeader }: Forwarding, headers: IncomingHttpHeaders): string[] {
  const own = [identityHeader, claimsHeader].map((name) => name?.toLowerCase());
  return allowed.flatMap(({ from, to }) => {
    const value = headers[from.toLowerCase()];
    const isFine = typeof value === 'string' && value.length <= MAX_VALUE_LENGTH && VALUE.test(value);
    // The control plane refuses such settings; a snapshot that has them all the same must not open a door.
    const isSafe = !own.includes(to.toLowerCase()) && [from, to].every((name) => findForwardingFault(name) === undefined);
    return isFine && isSafe ? [to, value] : [];
  });
}
