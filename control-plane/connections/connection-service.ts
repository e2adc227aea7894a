import { LockMode, type EntityManager } from '@mikro-orm/postgresql';
import { connectionShard, documentNames } from '../../contract/snapshot.ts';
import type { Clock } from '../../foundation/clock.ts';
import { err, ok } from '../../foundation/result.ts';
import { newId } from '../api/ids.ts';
import type { ChangeResult } from '../api/payload.ts';
import { notFound, userError, UserErrorCode } from '../api/user-error.ts';
import { authorize, decide, toActorName, type Access, type Action } from '../authorization/index.ts';
import type { Outbox } from '../database/outbox.ts';
import { readCreated, runOnce } from '../database/run-once.ts';
import { findStaleness, write, type Conflicts } from '../database/write.ts';
import { isServerVisible, McpServerEntity, type McpServer } from '../mcp-servers/index.ts';
import { checkHeaders, type HeaderDraft } from './check-headers.ts';
import { findSubjectFault, toStoringAction, toSubjectResource } from './connection-subject.ts';
import { ConnectionEntity, type Connection } from './connection.entity.ts';
import type { ConnectionCreateInput, ConnectionUpdateInput } from './connection.input.ts';
import type { ClientCredentialsService } from './client-credentials-service.ts';
import type { ClientProofs } from './oauth/client-proofs.ts';
import type { TokenStore } from './oauth/token-store.ts';
import type { UpstreamTokenCache } from './oauth/upstream-token-cache.ts';
import type { HeaderSealer } from './sealed-headers.ts';

const CONFLICTS: Conflicts = {
  connections_subject_key: {
    code: UserErrorCode.TAKEN,
    message: 'The subject has a connection for this server already.',
    field: ['input', 'subjectId'],
  },
};

/** What to do instead. */
const HINTS: Readonly<Record<string, string>> = {
  OAUTH: ' Use connectionAuthorize.',
  CLIENT_CREDENTIALS: ' Enter clientCredentials.',
};

/** What the write model works with. */
export interface ConnectionServiceParts {
  readonly em: EntityManager;
  readonly clock: Clock;
  readonly outbox: Outbox;
  readonly sealer: HeaderSealer;
  readonly credentials: ClientCredentialsService;
  readonly store: TokenStore;
  readonly cache: UpstreamTokenCache;
  readonly proofs: ClientProofs;
}

/** A connection that is gone. */
export interface DeletedConnection {
  readonly id: string;
  /** Whether the upstream's authorization server took its tokens back too. */
  readonly isRevokedUpstream: boolean;
}

/** The write model of stored credentials. */
export class ConnectionService {
  readonly #parts: ConnectionServiceParts;

  constructor(parts: ConnectionServiceParts) {
    this.#parts = parts;
  }

  async create(access: Access, input: ConnectionCreateInput, key?: string | null): Promise<ChangeResult<Connection>> {
    if (input.clientCredentials != null) return this.#parts.credentials.create(access, input, key);
    return write(this.#parts.em, CONFLICTS, async (em) => {
      const server = await readServer(em, access, input.mcpServerId);
      if (server === undefined) return notFound('MCP server', 'input', 'mcpServerId');
      const fault = await findSubjectFault(em, access, server, input.subjectId);
      if (fault !== undefined) return err([fault]);
      if (server.authentication !== 'CUSTOM_HEADERS') {
        return userError(
          UserErrorCode.INVALID,
          `This server takes no header values: its authentication is ${server.authentication}.${HINTS[server.authentication] ?? ''}`,
          'input',
          'mcpServerId',
        );
      }
      const headers = checkHeaders(input.headers ?? [], [], server.headerNames ?? null);
      if (!headers.ok) return headers;
      const request = { caller: toActorName(access.actor), operation: 'connectionCreate', key, input: this.#toDigestible(input) };
      const answer = await runOnce(em, request, async () => {
        const nowMs = this.#parts.clock.nowMs();
        const { mcpServerId, subjectId } = input;
        const place = { id: newId('Connection'), mcpServerId, subjectId };
        em.create(ConnectionEntity, {
          ...place,
          ...this.#parts.sealer.seal(place, headers.value, [], nowMs),
          subjectKind: server.granularity,
          shard: connectionShard(subjectId),
          connectedById: access.actor.kind === 'user' ? access.actor.userId : null,
          createdAt: new Date(nowMs),
          updatedAt: new Date(nowMs),
          version: 1,
        });
        const revision = await this.#mark(em, mcpServerId, connectionShard(subjectId));
        return ok({ value: { id: place.id, revision }, revision });
      });
      if (!answer.ok) return answer;
      return readCreated(em, ConnectionEntity, answer.value.value);
    });
  }

  async update(
    access: Access,
    id: string,
    input: ConnectionUpdateInput,
    expectedVersion?: number | null,
  ): Promise<ChangeResult<Connection>> {
    if (input.clientCredentials != null) {
      const row = await this.#parts.em.fork().transactional((em) => lockAllowed(em, access, id, (kind) => toStoringAction(kind)));
      return row === undefined ? notFound('connection', 'id') : this.#parts.credentials.update(access, row, input, expectedVersion);
    }
    return write(this.#parts.em, CONFLICTS, async (em) => {
      const row = await lockAllowed(em, access, id, (kind) => toStoringAction(kind));
      if (row === undefined) return notFound('connection', 'id');
      const stale = findStaleness(row, expectedVersion);
      if (stale !== undefined) return stale;
      if (input.headers === undefined) return ok({ value: row, revision: null });
      if (row.sealedHeaders == null) return userError(UserErrorCode.INVALID, 'This connection has no header values.', 'input', 'headers');
      const { headerNames } = await em.findOneOrFail(McpServerEntity, row.mcpServerId);
      const headers = checkHeaders(input.headers ?? [], this.#parts.sealer.open(row), headerNames ?? null);
      if (!headers.ok) return headers;
      const nowMs = this.#parts.clock.nowMs();
      em.assign(row, { ...this.#parts.sealer.seal(row, headers.value, row.headers, nowMs), updatedAt: new Date(nowMs) });
      await em.flush();
      return ok({ value: row, revision: await this.#mark(em, row.mcpServerId, row.shard) });
    });
  }

  /** The gateways forget it with the revision in the answer; then its tokens are taken back at the upstream, where that is offered. */
  async delete(access: Access, id: string, expectedVersion?: number | null): Promise<ChangeResult<DeletedConnection>> {
    const { em: outer, store, cache, proofs } = this.#parts;
    const held = await store.read(id);
    const deleted = await write<boolean>(outer, CONFLICTS, async (em) => {
      const row = await lockAllowed(em, access, id, () => 'connection.write');
      if (row === undefined) return ok({ value: false, revision: null });
      const stale = findStaleness(row, expectedVersion);
      if (stale !== undefined) return stale;
      em.remove(row);
      return ok({ value: true, revision: await this.#mark(em, row.mcpServerId, row.shard) });
    });
    if (!deleted.ok) return deleted;
    const isHeld = deleted.value.value && held !== undefined;
    if (isHeld) await cache.remove(id);
    const isRevokedUpstream = isHeld && (await proofs.revoke(held.row, held.server, held.secrets));
    return ok({ value: { id, isRevokedUpstream }, revision: deleted.value.revision });
  }

  #mark(em: EntityManager, serverId: string, shard: string): Promise<number> {
    return this.#parts.outbox.mark(em, [documentNames.connections(serverId, shard)]);
  }

  /** The digest of an input is stored, and a plain hash of a short value could be guessed. */
  #toDigestible({ mcpServerId, subjectId, headers }: ConnectionCreateInput): unknown {
    const toFingerprint = ({ name, value }: HeaderDraft) =>
      this.#parts.sealer.fingerprint({ mcpServerId, subjectId }, { name, value: value ?? '' });
    return { mcpServerId, subjectId, headers: (headers ?? []).map((header) => [header.name, toFingerprint(header)]) };
  }
}

/** A server that the caller sees; locked, so that its granularity stays what the subject is checked against. */
async function readServer(em: EntityManager, access: Access, id: string): Promise<McpServer | undefined> {
  const server = await em.findOne(McpServerEntity, id, { lockMode: LockMode.PESSIMISTIC_READ });
  return server !== null && (await isServerVisible(em, access, server)) ? server : undefined;
}

/**
 * A connection that the caller sees and may do this to; locked.
 * @throws {AccessError} where the caller sees it, but may not do this.
 */
export async function lockAllowed(
  em: EntityManager,
  access: Access,
  id: string,
  toAction: (kind: Connection['subjectKind']) => Action,
): Promise<Connection | undefined> {
  const row = await em.findOne(ConnectionEntity, id, { lockMode: LockMode.PESSIMISTIC_WRITE });
  const server = row === null ? null : await em.findOne(McpServerEntity, row.mcpServerId);
  if (row === null || server === null) return undefined;
  const resource = toSubjectResource(row.subjectKind, row.subjectId, server.organizationId);
  const isVisible = decide(access, 'connection.read', resource) === 'allowed';
  return isVisible && authorize(access, toAction(row.subjectKind), resource) ? row : undefined;
}
