// Trust boundary: how a person's consent at an upstream becomes a connection. Who may connect a subject is decided when it starts and
// again when the person is back; the code is redeemed only where the answer names the issuer that was asked (RFC 9207).
import { setTimeout as delay } from 'node:timers/promises';
import { computeScopeUnion, startAuthorization, validateAuthorizationResponseIssuer } from '@modelcontextprotocol/client';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../../foundation/clock.ts';
import { err, ok, type Result } from '../../../foundation/result.ts';
import { AccessError } from '../../api/access-error.ts';
import { readPersonAccess } from '../../api-keys/index.ts';
import type { Access } from '../../authorization/index.ts';
import { noteAction } from '../../database/change-notes.ts';
import type { Outbox } from '../../database/outbox.ts';
import type { GuardedFetch } from '../../egress/index.ts';
import { isServerVisible, McpServerEntity, NO_OAUTH_SETTINGS, type McpServer } from '../../mcp-servers/index.ts';
import { findSubjectFault } from '../connection-subject.ts';
import { ConnectionEntity } from '../connection.entity.ts';
import { toMetadata } from './authorization-server.ts';
import type { ClientChoice } from './client-choice.ts';
import type { ClientProofs } from './client-proofs.ts';
import { ConnectionTokensEntity } from './connection-tokens.entity.ts';
import { discoverUpstream } from './discover-upstream.ts';
import { explainFailure, toCode } from './explain-failure.ts';
import type { GatewayClient } from './gateway-client.ts';
import type { AuthorizationPlace, AuthorizationSecrets, PendingAuthorization, PendingAuthorizations } from './pending-authorizations.ts';
import { redeemCode } from './token-request.ts';
import { planToken } from './token-schedule.ts';
import type { TokenStore } from './token-store.ts';
import { writeTokens } from './token-writer.ts';
import { describeConnectors, findUpstreamNeed, type UpstreamNeed, type UpstreamUse } from './upstream-need.ts';
import type { UpstreamTokenCache } from './upstream-token-cache.ts';

/** What connecting works with. */
export interface UpstreamConnectParts {
  readonly em: EntityManager;
  readonly clock: Clock;
  readonly outbox: Outbox;
  readonly http: GuardedFetch;
  readonly gatewayClient: GatewayClient;
  readonly choice: ClientChoice;
  readonly proofs: ClientProofs;
  readonly pending: PendingAuthorizations;
  readonly store: TokenStore;
  readonly cache: UpstreamTokenCache;
}

/** What an authorization is started for. */
export interface ConnectRequest {
  readonly serverId: string;
  readonly subjectId: string;
  /** The person whose browser it is; null where automation asks. */
  readonly userId: string | null;
  /** The session of that browser, where it is known. */
  readonly sessionId?: string | null;
  /** A local path where the person goes afterwards. */
  readonly returnTo?: string | null;
}

/** What the authorization server sent the browser back with. */
export interface ConsentAnswer {
  readonly state: string;
  readonly code: string | undefined;
  readonly iss: string | undefined;
  readonly error: string | undefined;
}

/** How a person came back. */
export interface ConnectOutcome {
  readonly returnTo: string | null;
  /** Undefined where the authorization is not theirs, or not any longer. */
  readonly server: McpServer | undefined;
  readonly kind: 'connected' | 'denied' | 'failed';
  /** For people; what to do, where it failed. */
  readonly message: string;
  /** The snapshot that carries the connection. */
  readonly revision?: number;
}

/** How long a page waits to say what the upstream will be asked, in milliseconds. */
const SCOPES_PATIENCE_MS = 3_000;

const NOT_YOURS = 'This link is not valid any longer, or was started in another browser. Start again.';

/** Obtains the consent of people at upstreams. */
export class UpstreamConnect {
  readonly #parts: UpstreamConnectParts;

  constructor(parts: UpstreamConnectParts) {
    this.#parts = parts;
  }

  /** What has to happen until a person can call a server. */
  findNeed(em: EntityManager, use: UpstreamUse): Promise<UpstreamNeed> {
    return findUpstreamNeed(em, use);
  }

  /** What the upstream is going to be asked for a subject; empty where that is not known, or not soon enough for a page. */
  async findScopes(serverId: string, subjectId: string): Promise<readonly string[]> {
    const em = this.#parts.em.fork();
    const server = await em.findOneOrFail(McpServerEntity, serverId);
    if (server.oauth?.scopes != null) return server.oauth.scopes;
    const found = await Promise.race([discoverUpstream(this.#parts.http, server), delay(SCOPES_PATIENCE_MS, undefined, { ref: false })]);
    if (found?.ok !== true) return [];
    const scope = await this.#widenScope(em, server, subjectId, found.value.scope);
    return scope?.split(' ') ?? [];
  }

  /** Where the browser has to go. The caller has decided that the subject may be connected. The reason why not is for people. */
  async start(request: ConnectRequest): Promise<Result<{ readonly authorizationUrl: string }, string>> {
    const em = this.#parts.em.fork();
    const server = await em.findOne(McpServerEntity, request.serverId);
    if (server?.authentication !== 'OAUTH') return err('This server is not connected by consent.');
    const found = await discoverUpstream(this.#parts.http, server);
    if (!found.ok) return found;
    const { authorizationServer, resource } = found.value;
    const scope = await this.#widenScope(em, server, request.subjectId, found.value.scope);
    const chosen = await this.#parts.choice.choose(server, authorizationServer, scope);
    if (!chosen.ok) return chosen;
    const { redirectUri } = this.#parts.gatewayClient;
    const state = this.#parts.pending.makeState();
    try {
      const started = await startAuthorization(authorizationServer.issuer, {
        metadata: toMetadata(authorizationServer),
        clientInformation: { client_id: chosen.value.client.clientId },
        redirectUrl: redirectUri,
        scope,
        state,
        resource,
      });
      const secrets: AuthorizationSecrets = {
        ...chosen.value,
        codeVerifier: started.codeVerifier,
        redirectUri,
        authorizationServer,
        resource,
        scope,
      };
      await this.#parts.pending.add(state, toPlace(request), secrets);
      return ok({ authorizationUrl: addParameters(started.authorizationUrl, server) });
    } catch (cause) {
      return err(explainFailure(cause));
    }
  }

  /** Ends what {@link start} began. */
  async finish(answer: ConsentAnswer, session: { readonly id: string; readonly userId: string }): Promise<ConnectOutcome> {
    const pending = await this.#parts.pending.take(answer.state, session);
    const server = pending === undefined ? null : await this.#parts.em.fork().findOne(McpServerEntity, pending.mcpServerId);
    if (pending === undefined || server === null) return { returnTo: null, server: undefined, kind: 'failed', message: NOT_YOURS };
    const end = { returnTo: pending.returnTo, server };
    const { authorizationServer } = pending.secrets;
    try {
      // Before anything else of the answer is believed, an error included: in a mix-up it comes from another server.
      validateAuthorizationResponseIssuer({
        iss: answer.iss,
        expectedIssuer: authorizationServer.isDiscovered ? authorizationServer.issuer : undefined,
        issParameterSupported: authorizationServer.sendsIssuer,
      });
    } catch (cause) {
      return { ...end, kind: 'failed', message: explainFailure(cause) };
    }
    if (answer.error === 'access_denied') return { ...end, kind: 'denied', message: `${server.name} was not allowed.` };
    if (answer.code === undefined)
      return { ...end, kind: 'failed', message: `The authorization server answered ${toCode(answer.error ?? 'nothing')}. Try again.` };
    const stored = await this.#redeem(pending, server, { code: answer.code, iss: answer.iss }, session.userId);
    return stored.ok
      ? { ...end, kind: 'connected', message: `${server.name} is connected.`, revision: stored.value }
      : { ...end, kind: 'failed', message: stored.error };
  }

  /** Whether this caller may connect the subject; the reason why not is for people, and the same for what they cannot see. */
  async checkAllowed(em: EntityManager, access: Access, server: McpServer, subjectId: string): Promise<Result<void, string>> {
    const hidden = err('There is no such server or subject, or you cannot see it.');
    if (!(await isServerVisible(em, access, server))) return hidden;
    try {
      return (await findSubjectFault(em, access, server, subjectId)) === undefined ? ok(undefined) : hidden;
    } catch (cause) {
      if (cause instanceof AccessError) return err(`You may not connect this. ${describeConnectors(server)}`);
      throw cause;
    }
  }

  /** The connection is stored by the transaction that finds the person allowed to make it. */
  async #redeem(
    { secrets, subjectId }: PendingAuthorization,
    server: McpServer,
    answer: { readonly code: string; readonly iss: string | undefined },
    userId: string,
  ): Promise<Result<number, string>> {
    const { em, proofs, http, store, outbox, clock, cache } = this.#parts;
    const { client, clientSecret, authorizationServer, resource, scope, codeVerifier, redirectUri } = secrets;
    const before = await this.checkAllowed(em.fork(), await readPersonAccess(em.fork(), userId), server, subjectId);
    if (!before.ok) return before;
    const proven = await proofs.prove(client, server, { clientSecret });
    if (!proven.ok) return proven;
    const place = { authorizationServer, client: proven.value, resource };
    const outcome = await redeemCode(http.fetch, place, { ...answer, codeVerifier, redirectUri });
    if (outcome.kind === 'client_refused') await proofs.forgetRegistration(server.organizationId, client.clientId);
    if (outcome.kind !== 'tokens') return err(`${outcome.reason} Try again; if it stays like this, ask an administrator.`);
    const { access_token: accessToken, refresh_token: refreshToken, expires_in: lifetime, scope: grantedScope = scope } = outcome.tokens;
    const tokens = { accessToken, refreshToken, clientSecret };
    const nowMs = clock.nowMs();
    const written = await em.fork().transactional(async (inner) => {
      const allowed = await this.checkAllowed(inner, await readPersonAccess(inner, userId), server, subjectId);
      if (!allowed.ok) return undefined;
      noteAction(inner, 'connectionConnect');
      return writeTokens(
        inner,
        { store, outbox, nowMs },
        { mcpServerId: server.id, subjectKind: server.granularity, subjectId, connectedById: userId },
        {
          authorizationServer,
          client,
          resource: resource ?? null,
          requestedScope: scope ?? null,
          grantedScope: grantedScope ?? null,
          ...planToken(lifetime, refreshToken !== undefined, nowMs, Math.random()),
          secrets: tokens,
        },
      );
    });
    if (written === undefined) return err('You may not connect this any longer.');
    await cache.publish(written.row, tokens, nowMs);
    return ok(written.revision);
  }

  /** What was asked for before, or was missing, is asked for again: consent that is given anew must not take anything away. */
  async #widenScope(em: EntityManager, server: McpServer, subjectId: string, scope: string | undefined): Promise<string | undefined> {
    if (server.oauth?.scopes != null) return scope;
    const connection = await em.findOne(ConnectionEntity, { mcpServerId: server.id, subjectId });
    const tokens = connection === null ? null : await em.findOne(ConnectionTokensEntity, connection.id);
    return computeScopeUnion(scope, tokens?.requestedScope ?? undefined);
  }
}

function toPlace({ serverId, subjectId, userId, sessionId, returnTo }: ConnectRequest): AuthorizationPlace {
  return { mcpServerId: serverId, subjectId, userId, sessionId: sessionId ?? null, returnTo: returnTo ?? null };
}

function addParameters(url: URL, { oauth }: McpServer): string {
  const { authorizeParameters, audience } = { ...NO_OAUTH_SETTINGS, ...oauth };
  if (audience !== null) url.searchParams.set('audience', audience);
  for (const { name, value } of authorizeParameters) url.searchParams.set(name, value);
  return url.href;
}
