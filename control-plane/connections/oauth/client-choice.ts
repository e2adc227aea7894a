import { registerClient, type OAuthClientMetadata } from '@modelcontextprotocol/client';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { KeyRing } from '../../../contract/key-ring.ts';
import { openSecret, sealSecret } from '../../../contract/sealed-secret.ts';
import type { Clock } from '../../../foundation/clock.ts';
import { err, ok, type Result } from '../../../foundation/result.ts';
import type { Fetch } from '../../egress/index.ts';
import type { McpServer, TokenEndpointAuthMethod } from '../../mcp-servers/index.ts';
import { toMetadata, type AuthorizationServer } from './authorization-server.ts';
import type { GatewayClient } from './gateway-client.ts';
import { explainFailure } from './explain-failure.ts';
import { registrationOwner } from './sealed-owners.ts';
import type { StoredClient } from './connection-tokens.entity.ts';

/** The client to be used for an authorization. */
export interface ChosenClient {
  readonly client: StoredClient;
  /** Of a registration. */
  readonly clientSecret?: string;
}

/** What choosing works with. */
export interface ClientChoiceParts {
  readonly em: EntityManager;
  readonly ring: KeyRing;
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly gatewayClient: GatewayClient;
}

interface RegistrationRow {
  readonly client_id: string;
  readonly scope: string | null;
  readonly sealed: string;
}

interface SealedRegistration {
  readonly clientSecret?: string;
  readonly authMethod?: string;
}

const CLIENT_SETTINGS_HINT = "Register a client there and enter its id in the server's OAuth settings.";

/** A pre-registered client where the settings name one; else the gateway's client id metadata document; else a registration. */
export class ClientChoice {
  readonly #parts: ClientChoiceParts;

  constructor(parts: ClientChoiceParts) {
    this.#parts = parts;
  }

  async choose(
    server: McpServer,
    authorizationServer: AuthorizationServer,
    scope: string | undefined,
  ): Promise<Result<ChosenClient, string>> {
    if (server.oauth?.clientId != null) return this.#usePreRegistered(server, server.oauth.clientId, authorizationServer);
    const { documentUrl } = this.#parts.gatewayClient;
    if (authorizationServer.takesClientDocuments && documentUrl !== undefined)
      return ok({ client: { kind: 'DOCUMENT', clientId: documentUrl, authMethod: 'none' } });
    if (authorizationServer.registrationEndpoint === undefined)
      return err(`The authorization server of the upstream does not let the gateway register itself. ${CLIENT_SETTINGS_HINT}`);
    return this.#useRegistration(server, authorizationServer, scope);
  }

  /** A secret belongs to the authorization server that it was entered for: an upstream that suddenly names another one does not get it. */
  async #usePreRegistered(server: McpServer, clientId: string, { issuer }: AuthorizationServer): Promise<Result<ChosenClient, string>> {
    const client: StoredClient = { kind: 'PRE_REGISTERED', clientId, authMethod: toWireMethod(server.oauth?.tokenEndpointAuthMethod) };
    if (server.sealedClientSecret == null) return ok({ client });
    const [row] = await this.#parts.em
      .fork()
      .execute<{ issuer: string }[]>(
        'UPDATE mcp_servers SET client_secret_issuer = coalesce(client_secret_issuer, ?) WHERE id = ? RETURNING client_secret_issuer AS issuer',
        [issuer, server.id],
      );
    if (row?.issuer === issuer) return ok({ client });
    return err(
      'The upstream names another authorization server than the one that the client secret was entered for. An administrator has to enter the secret again, if that is right.',
    );
  }

  async #useRegistration(
    server: McpServer,
    authorizationServer: AuthorizationServer,
    scope: string | undefined,
  ): Promise<Result<ChosenClient, string>> {
    const id = this.#toId(server, authorizationServer);
    const known = await this.#readRegistration(id);
    if (known !== undefined && covers(known.scope, scope)) return ok(this.#toChosen(id, known));
    try {
      return ok(await this.#register(id, server, authorizationServer, scope));
    } catch (cause) {
      return err(explainFailure(cause));
    }
  }

  async #register(
    id: RegistrationId,
    server: McpServer,
    authorizationServer: AuthorizationServer,
    scope: string | undefined,
  ): Promise<ChosenClient> {
    const { fetch: fetchFn, ring, clock, em, gatewayClient } = this.#parts;
    const clientMetadata: OAuthClientMetadata = {
      ...gatewayClient.metadata,
      token_endpoint_auth_method: chooseMethod(server.oauth?.tokenEndpointAuthMethod, authorizationServer),
    };
    const made = await registerClient(authorizationServer.issuer, {
      metadata: toMetadata(authorizationServer),
      clientMetadata,
      scope,
      fetchFn,
    });
    const registration: SealedRegistration = { clientSecret: made.client_secret, authMethod: made.token_endpoint_auth_method };
    const expiresAt = made.client_secret_expires_at ? new Date(made.client_secret_expires_at * 1_000) : null;
    const sealed = sealSecret(ring, registrationOwner(id.join(' ')), JSON.stringify(registration));
    await em.fork().execute(
      `INSERT INTO upstream_registrations (organization_id, issuer, redirect_uri, client_id, scope, sealed, seal_key_id, created_at, expires_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (organization_id, issuer, redirect_uri) DO UPDATE SET client_id = excluded.client_id, scope = excluded.scope,
         sealed = excluded.sealed, seal_key_id = excluded.seal_key_id, created_at = excluded.created_at, expires_at = excluded.expires_at`,
      [...id, made.client_id, scope ?? null, sealed, ring.primaryId, new Date(clock.nowMs()), expiresAt],
    );
    return {
      client: { kind: 'REGISTERED', clientId: made.client_id, authMethod: made.token_endpoint_auth_method },
      clientSecret: made.client_secret,
    };
  }

  async #readRegistration(id: RegistrationId): Promise<RegistrationRow | undefined> {
    const [row] = await this.#parts.em.fork().execute<RegistrationRow[]>(
      `SELECT client_id, scope, sealed FROM upstream_registrations
       WHERE organization_id = ? AND issuer = ? AND redirect_uri = ? AND (expires_at IS NULL OR expires_at > ?)`,
      [...id, new Date(this.#parts.clock.nowMs())],
    );
    return row;
  }

  #toChosen(id: RegistrationId, row: RegistrationRow): ChosenClient {
    const opened = openSecret(this.#parts.ring, registrationOwner(id.join(' ')), row.sealed);
    if (!opened.ok) throw new Error(`the registration ${id.join(' ')} does not open: ${opened.error.reason}`);
    const { clientSecret, authMethod } = JSON.parse(opened.value) as SealedRegistration;
    return { client: { kind: 'REGISTERED', clientId: row.client_id, authMethod }, clientSecret };
  }

  #toId({ organizationId }: McpServer, { issuer }: AuthorizationServer): RegistrationId {
    return [organizationId, issuer, this.#parts.gatewayClient.redirectUri];
  }
}

/** Organization, issuer and redirect URI. */
type RegistrationId = readonly [string, string, string];

/** Whether a registration may ask for these scopes: some servers hold a client to those that it registered with. */
function covers(registered: string | null, wanted: string | undefined): boolean {
  const known = new Set(registered?.split(' ') ?? []);
  return wanted === undefined || registered === null || wanted.split(' ').every((scope) => known.has(scope));
}

/** A secret where it can have one (RFC 8414 section 2: basic where nothing is listed). */
function chooseMethod(setting: TokenEndpointAuthMethod | null | undefined, { tokenEndpointAuthMethods }: AuthorizationServer): string {
  const offered = tokenEndpointAuthMethods.length === 0 ? ['client_secret_basic'] : tokenEndpointAuthMethods;
  const best = ['client_secret_basic', 'client_secret_post', 'none'].find((method) => offered.includes(method));
  return toWireMethod(setting) ?? best ?? 'none';
}

function toWireMethod(method: TokenEndpointAuthMethod | null | undefined): string | undefined {
  return method?.toLowerCase();
}
