import type { EntityManager } from '@mikro-orm/postgresql';
import { LockMode } from '@mikro-orm/postgresql';
import type { Clock } from '../../foundation/clock.ts';
import { err, ok, type Result } from '../../foundation/result.ts';
import type { ChangeResult } from '../api/payload.ts';
import { notFound, userError, UserErrorCode, type UserError } from '../api/user-error.ts';
import { decide, toActorName, type Access } from '../authorization/index.ts';
import type { Outbox } from '../database/outbox.ts';
import { readCreated, runOnce } from '../database/run-once.ts';
import { findStaleness, write } from '../database/write.ts';
import type { GuardedFetch } from '../egress/index.ts';
import { isServerVisible, McpServerEntity, NO_OAUTH_SETTINGS, type McpServer } from '../mcp-servers/index.ts';
import type { SecretSealer } from '../secrets/index.ts';
import { checkClient, type CheckedClient } from './check-client.ts';
import { findSubjectFault } from './connection-subject.ts';
import { ConnectionEntity, type Connection } from './connection.entity.ts';
import type { ConnectionCreateInput } from './connection.input.ts';
import { discoverUpstream, type UpstreamAuthorization } from './oauth/discover-upstream.ts';
import type { TokenService } from './oauth/token-service.ts';
import type { TokenStore } from './oauth/token-store.ts';
import { writeTokens, type FreshTokens } from './oauth/token-writer.ts';

/** What the write model works with. */
export interface ClientCredentialsParts {
  readonly em: EntityManager;
  readonly clock: Clock;
  readonly outbox: Outbox;
  readonly http: GuardedFetch;
  readonly store: TokenStore;
  readonly tokens: TokenService;
  readonly sealer: SecretSealer;
}

const FIELD = ['input', 'mcpServerId'];

/** The write model of clients that subjects have of their own. */
export class ClientCredentialsService {
  readonly #parts: ClientCredentialsParts;

  constructor(parts: ClientCredentialsParts) {
    this.#parts = parts;
  }

  /** Where tokens come from is found out before anything is stored, and the first token is asked for right after. */
  async create(access: Access, input: ConnectionCreateInput, key?: string | null): Promise<ChangeResult<Connection>> {
    const { mcpServerId, subjectId } = input;
    const server = await this.#readServer(this.#parts.em.fork(), access, mcpServerId, subjectId);
    if (!server.ok) return server;
    const prepared = await this.#prepare(access, server.value, input, FIELD);
    if (!prepared.ok) return prepared;
    const { client, found } = prepared.value;
    const made = await write(this.#parts.em, {}, async (em) => {
      const current = await this.#readServer(em, access, mcpServerId, subjectId);
      if (!current.ok) return current;
      const request = { caller: toActorName(access.actor), operation: 'connectionCreate', key, input: this.#toDigestible(input, client) };
      const answer = await runOnce(em, request, async () => {
        if ((await em.count(ConnectionEntity, { mcpServerId, subjectId })) > 0)
          return userError(UserErrorCode.TAKEN, 'The subject has a connection for this server already.', 'input', 'subjectId');
        const { connectionId, revision } = await this.#write(em, access, current.value, subjectId, client, found);
        return ok({ value: { id: connectionId, revision }, revision });
      });
      return answer.ok ? readCreated(em, ConnectionEntity, answer.value.value) : answer;
    });
    if (made.ok) await this.#obtain(made.value.value.id);
    return made;
  }

  /** Replaces the client; the caller has been found allowed to change the connection. */
  async update(
    access: Access,
    connection: Connection,
    input: { readonly clientCredentials?: object | null },
    expectedVersion?: number | null,
  ): Promise<ChangeResult<Connection>> {
    const stale = findStaleness(connection, expectedVersion);
    if (stale !== undefined) return stale;
    const server = await this.#parts.em.fork().findOne(McpServerEntity, connection.mcpServerId);
    if (server?.authentication !== 'CLIENT_CREDENTIALS') return notClientCredentials(['id']);
    const prepared = await this.#prepare(access, server, input, ['id']);
    if (!prepared.ok) return prepared;
    const { client, found } = prepared.value;
    const changed = await write<Connection>(this.#parts.em, {}, async (em) => {
      const row = await em.findOne(ConnectionEntity, connection.id, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (row === null) return notFound('connection', 'id');
      const staleNow = findStaleness(row, expectedVersion);
      if (staleNow !== undefined) return staleNow;
      const { revision } = await this.#write(em, access, server, row.subjectId, client, found);
      return ok({ value: await em.refreshOrFail(row), revision });
    });
    if (changed.ok) await this.#obtain(connection.id);
    return changed;
  }

  async #obtain(connectionId: string): Promise<void> {
    const record = await this.#parts.store.read(connectionId);
    if (record !== undefined && record.secrets.accessToken === undefined) await this.#parts.tokens.renew(connectionId, record.row.serial);
  }

  async #readServer(em: EntityManager, access: Access, id: string, subjectId: string): Promise<Result<McpServer, readonly UserError[]>> {
    const lock = em.isInTransaction() ? { lockMode: LockMode.PESSIMISTIC_READ } : {};
    const server = await em.findOne(McpServerEntity, id, lock);
    if (server === null || !(await isServerVisible(em, access, server))) return notFound('MCP server', 'input', 'mcpServerId');
    const fault = await findSubjectFault(em, access, server, subjectId);
    if (fault !== undefined) return err([fault]);
    return server.authentication === 'CLIENT_CREDENTIALS' ? ok(server) : notClientCredentials(FIELD);
  }

  async #prepare(
    access: Access,
    server: McpServer,
    input: { readonly clientCredentials?: object | null },
    field: string[],
  ): Promise<Result<{ client: CheckedClient; found: UpstreamAuthorization }, readonly UserError[]>> {
    const isAdmin = decide(access, 'mcp_server.write', { organizationId: server.organizationId, workspaceId: null }) === 'allowed';
    const client = await checkClient(input, isAdmin);
    if (!client.ok) return client;
    const found = await discoverUpstream(this.#parts.http, server);
    if (!found.ok)
      return userError(UserErrorCode.UNREACHABLE, `${found.error} Or enter the token endpoint in the server's OAuth settings.`, ...field);
    return ok({ client: client.value, found: found.value });
  }

  #write(em: EntityManager, access: Access, server: McpServer, subjectId: string, client: CheckedClient, found: UpstreamAuthorization) {
    const nowMs = this.#parts.clock.nowMs();
    const connectedById = access.actor.kind === 'user' ? access.actor.userId : null;
    const place = { mcpServerId: server.id, subjectKind: server.granularity, subjectId, connectedById };
    return writeTokens(em, { ...this.#parts, nowMs }, place, this.#toFresh(server, subjectId, client, found, nowMs));
  }

  #toFresh(server: McpServer, subjectId: string, client: CheckedClient, found: UpstreamAuthorization, nowMs: number): FreshTokens {
    const { tokenEndpointAuthMethod, audience } = { ...NO_OAUTH_SETTINGS, ...server.oauth };
    const { clientId, algorithm, clientSecret, privateKey, scopes, resource } = client;
    return {
      authorizationServer: found.authorizationServer,
      client: {
        kind: 'OWN',
        clientId,
        authMethod: privateKey == null ? tokenEndpointAuthMethod?.toLowerCase() : 'private_key_jwt',
        algorithm: privateKey == null ? undefined : algorithm,
        fingerprint: this.#fingerprint(server.id, subjectId, client),
        updatedAt: new Date(nowMs).toISOString(),
        audience: audience ?? undefined,
      },
      resource: resource ?? found.resource ?? null,
      requestedScope: (scopes?.join(' ') || found.scope) ?? null,
      grantedScope: null,
      expiresAt: null,
      refreshAt: new Date(nowMs),
      secrets: { clientSecret: clientSecret ?? undefined, privateKey: privateKey ?? undefined },
    };
  }

  /** The digest of an input is stored, and a plain hash of a short secret could be guessed. */
  #toDigestible({ mcpServerId, subjectId }: ConnectionCreateInput, client: CheckedClient): unknown {
    const { clientId, algorithm, scopes, resource } = client;
    return [mcpServerId, subjectId, clientId, algorithm, scopes, resource, this.#fingerprint(mcpServerId, subjectId, client)];
  }

  /** The same for the same secret in the same place only. */
  #fingerprint(mcpServerId: string, subjectId: string, { clientSecret, privateKey }: CheckedClient): string {
    return this.#parts.sealer.fingerprint(`client-credentials:${mcpServerId}:${subjectId}`, clientSecret ?? privateKey ?? '');
  }
}

function notClientCredentials(field: string[]): Result<never, readonly UserError[]> {
  return userError(UserErrorCode.INVALID, 'This server takes no client credentials: its authentication is another one.', ...field);
}
