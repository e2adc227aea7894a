// Trust boundary: who calls with a token. A token that was verified before is looked up, not verified again; everything that can end
// before the token does is asked of the snapshot with each use. Tokens are never logged, stored or forwarded.
import { CALL_TOKEN_SCOPE, toServerUrl } from '../../contract/access-token.ts';
import type { Route } from '../../contract/snapshot.ts';
import { err, ok, type Result } from '../../foundation/result.ts';
import type { RoutedWorkspace } from '../snapshot/routed-workspace.ts';
import type { RoutingTable } from '../snapshot/routing-table.ts';
import type { ClientCaller, FederatedCaller } from './caller.ts';
import type { Rejection, TokenFault } from './rejection.ts';
import { findTrustedUser, hasRequiredClaims } from './trusted-claims.ts';
import { LEEWAY_SECONDS, verifyToken, type VerifiedToken } from './verify-token.ts';

/** Where somebody wants in. */
export interface Entrance {
  readonly table: RoutingTable;
  /** Undefined where there is none of that name. */
  readonly workspace: RoutedWorkspace | undefined;
  /** The slug or id of the server, which may not exist either. */
  readonly server: string;
}

/** A person with a token. */
export type TokenCaller = ClientCaller | FederatedCaller;

type Admission = Result<TokenCaller, Rejection>;

/** How much of verified tokens a process remembers, in characters. */
const REMEMBERED_LENGTH = 16 * 1024 * 1024;

/** Authenticates by token: of our authorization server, or of an identity provider that the organization trusts. */
export class TokenAuthenticator {
  readonly #gatewayUrl: string;
  readonly #verified = new Map<string, VerifiedToken>();
  /** A route belongs to one workspace and stays the same object as long as that is unchanged. */
  readonly #audiences = new WeakMap<Route, string>();
  #length = 0;

  /** @param gatewayUrl the public base URL, of which audiences are made. */
  constructor(gatewayUrl: string) {
    this.#gatewayUrl = gatewayUrl;
  }

  /** The caller behind a token; at once where the token is known. */
  authenticate(entrance: Entrance, presented: string, nowMs: number): Admission | Promise<Admission> {
    const known = this.#verified.get(presented);
    if (known !== undefined && isCurrent(known, entrance)) return this.#admit(known, entrance, nowMs);
    return this.#verify(entrance, presented, nowMs);
  }

  /** Whether a caller who came in with a token of this moment could still come in. The token's own end is not looked at. */
  isStillValid(table: RoutingTable, workspace: RoutedWorkspace, caller: TokenCaller): boolean {
    if (!workspace.isMember(caller.subject.userId)) return false;
    if (caller.kind === 'ACCESS_TOKEN') return table.hasConsent(workspace.id, caller.consentId);
    const trusted = table.findOrganization(workspace.organizationId)?.trustedIssuers ?? [];
    const issuer = trusted.find(({ id }) => id === caller.issuerId);
    if (issuer === undefined || !hasRequiredClaims(issuer, caller.claims)) return false;
    return findTrustedUser(issuer, caller.claims) === caller.subject.userId;
  }

  async #verify(entrance: Entrance, presented: string, nowMs: number): Promise<Admission> {
    const { table, workspace } = entrance;
    const organization = workspace === undefined ? undefined : table.findOrganization(workspace.organizationId);
    const issuers = { own: table.authorizationServer, trusted: organization?.trustedIssuers ?? [] };
    const verified = await verifyToken(presented, issuers, nowMs);
    if (!verified.ok) return verified;
    this.#remember(presented, verified.value);
    return this.#admit(verified.value, entrance, nowMs);
  }

  /** Everything but the signature. */
  #admit(token: VerifiedToken, { table, workspace, server }: Entrance, nowMs: number): Admission {
    const { exp, nbf } = token.claims as { readonly exp: number; readonly nbf?: number };
    const now = nowMs / 1_000;
    if (exp + LEEWAY_SECONDS <= now) return err({ reason: 'token_expired' });
    if (nbf !== undefined && nbf - LEEWAY_SECONDS > now) return refuse('not_yet_valid');
    const route = workspace?.findRoute(server);
    // A token is for a server that is there; for one that is not, it is a token for another server.
    if (workspace === undefined || route === undefined) return refuse('audience');
    if (!isAudience(token, this.#findAudience(workspace, route))) return refuse('audience');
    if (token.kind === 'own') {
      if (!token.claims.scope.split(' ').includes(CALL_TOKEN_SCOPE)) return err({ reason: 'scope_missing' });
      if (!table.hasConsent(workspace.id, token.caller.consentId)) return refuse('consent');
    }
    return workspace.isMember(token.caller.subject.userId) ? ok(token.caller) : refuse('member');
  }

  #findAudience(workspace: RoutedWorkspace, route: Route): string {
    const known = this.#audiences.get(route);
    if (known !== undefined) return known;
    const audience = toServerUrl(this.#gatewayUrl, workspace.slug, route.slug);
    this.#audiences.set(route, audience);
    return audience;
  }

  #remember(presented: string, token: VerifiedToken): void {
    if (this.#length + presented.length > REMEMBERED_LENGTH) {
      this.#verified.clear();
      this.#length = 0;
    }
    if (!this.#verified.has(presented)) this.#length += presented.length;
    this.#verified.set(presented, token);
  }
}

/** Whether the snapshot still has the very object that the token was verified with. A key or a claim of it may have changed else. */
function isCurrent(token: VerifiedToken, { table, workspace }: Entrance): boolean {
  if (token.kind === 'own') return table.authorizationServer === token.basis;
  return workspace !== undefined && table.findOrganization(workspace.organizationId)?.trustedIssuers.includes(token.basis) === true;
}

/** Ours name exactly one audience (RFC 8707 section 2); of others it must be one of those they name (RFC 7519 section 4.1.3). */
function isAudience(token: VerifiedToken, serverUrl: string): boolean {
  if (token.kind === 'own') return token.claims.aud === serverUrl;
  const expected = token.basis.audience ?? serverUrl;
  const { aud } = token.claims;
  return Array.isArray(aud) ? aud.includes(expected) : aud === expected;
}

function refuse(fault: TokenFault): Admission {
  return err({ reason: 'token_invalid', fault });
}
