// Trust boundary: who is calling. An API key, an access token of our authorization server, or a token of an identity provider that the
// organization trusts; nothing that a client says about itself.
import type { IncomingMessage } from 'node:http';
import { err, type Result } from '../../foundation/result.ts';
import type { RoutedWorkspace } from '../snapshot/routed-workspace.ts';
import type { RoutingTable } from '../snapshot/routing-table.ts';
import type { Caller } from './caller.ts';
import { KeyAuthenticator } from './key-authenticator.ts';
import { findPresentedCredential } from './presented-credential.ts';
import type { Rejection } from './rejection.ts';
import { TokenAuthenticator, type Entrance } from './token-authenticator.ts';

type Authentication = Result<Caller, Rejection>;

/** How every JWT begins: a JSON object in base64url (RFC 7515 section 7.1). */
const JWT_BEGIN = 'ey';

/** Authenticates requests. */
export class Authenticator {
  readonly #keys = new KeyAuthenticator();
  readonly #tokens: TokenAuthenticator;

  /** @param gatewayUrl the public base URL, of which audiences are made. */
  constructor(gatewayUrl: string) {
    this.#tokens = new TokenAuthenticator(gatewayUrl);
  }

  /** The caller behind a request; at once, unless a token comes for the first time. */
  authenticate(entrance: Entrance, req: IncomingMessage, nowMs: number): Authentication | Promise<Authentication> {
    const presented = findPresentedCredential(req);
    if (presented === undefined) return err({ reason: 'credential_missing' });
    if (presented.startsWith(JWT_BEGIN)) return this.#tokens.authenticate(entrance, presented, nowMs);
    return this.#keys.authenticate(entrance.workspace, presented, nowMs);
  }

  /**
   * Whether somebody who came in by an earlier table may still be there by this one: the key, the consent or the trusted identity provider is
   * still in force, and the person still a member. What the caller may use is not asked here.
   */
  isStillValid(table: RoutingTable, workspace: RoutedWorkspace | undefined, caller: Caller, nowMs: number): boolean {
    if (workspace === undefined) return false;
    return caller.kind === 'API_KEY'
      ? this.#keys.isStillValid(workspace, caller, nowMs)
      : this.#tokens.isStillValid(table, workspace, caller);
  }
}
