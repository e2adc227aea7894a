import type { EntityManager } from '@mikro-orm/postgresql';
import { ACCESS_BOUNDS } from '../../contract/access-rule.ts';
import { documentNames } from '../../contract/snapshot.ts';
import type { Clock } from '../../foundation/clock.ts';
import { ok } from '../../foundation/result.ts';
import { newId } from '../api/ids.ts';
import type { ChangeResult } from '../api/payload.ts';
import { notFound, userError, UserErrorCode } from '../api/user-error.ts';
import { authorize, type Access } from '../authorization/index.ts';
import { ConnectionEntity, type HeaderSealer } from '../connections/index.ts';
import { noteChange } from '../database/change-notes.ts';
import type { Outbox } from '../database/outbox.ts';
import { FOR_CHANGE, write } from '../database/write.ts';
import type { Fetch } from '../egress/index.ts';
import { isServerVisible, McpServerEntity, toServerResource, type McpServer } from '../mcp-servers/index.ts';
import { explainFailure } from '../mcp-server-probes/index.ts';
import { discoverCapabilities, type FoundCapability } from './discover-capabilities.ts';

/** What discovery works with. */
export interface CapabilityServiceParts {
  readonly em: EntityManager;
  readonly clock: Clock;
  readonly outbox: Outbox;
  readonly sealer: HeaderSealer;
  readonly fetch: Fetch;
  /** Called when capabilities changed, in the same transaction; answers the documents that this concerns beside the server's own. */
  readonly onChange: (em: EntityManager, serverId: string, now: Date) => Promise<readonly string[]>;
}

/** The write model of capabilities: they come from the upstream and from nowhere else. */
export class CapabilityService {
  readonly #parts: CapabilityServiceParts;

  constructor(parts: CapabilityServiceParts) {
    this.#parts = parts;
  }

  /** Asks the upstream what it offers and keeps it. The upstream is asked before the transaction: it may be slow. */
  async refresh(access: Access, id: string): Promise<ChangeResult<number>> {
    const em = this.#parts.em.fork();
    const server = await em.findOne(McpServerEntity, id);
    if (server === null || !(await isServerVisible(em, access, server))) return notFound('MCP server', 'id');
    if (!authorize(access, 'mcp_server.write', toServerResource(server))) return notFound('MCP server', 'id');
    const headers = await this.#readHeaders(em, server);
    if (headers === undefined) {
      return userError(
        UserErrorCode.INVALID,
        'There is no connection for this server whose headers could be sent. Connect it first.',
        'id',
      );
    }
    let found: FoundCapability[];
    try {
      found = await discoverCapabilities(this.#parts.fetch, { url: server.canonicalUrl, transport: server.transport, headers });
    } catch (cause) {
      return userError(UserErrorCode.UNREACHABLE, explainFailure(cause).message, 'id');
    }
    return this.#keep(server.id, found);
  }

  /** Nothing that gateways know changes where definitions are the same. */
  #keep(serverId: string, found: readonly FoundCapability[]): Promise<ChangeResult<number>> {
    return write(this.#parts.em, {}, async (em) => {
      const server = await em.findOne(McpServerEntity, serverId, FOR_CHANGE);
      if (server === null) return notFound('MCP server', 'id');
      const hasChanged = await differs(em, serverId, found);
      const rows = found.map((capability) => ({ id: newId('Capability'), ...capability }));
      noteChange(em, { kind: 'McpServer', id: serverId, before: {}, after: { capabilitiesFound: rows.length } });
      const now = new Date(this.#parts.clock.nowMs());
      await em.execute(UPSERT, [serverId, now, now, JSON.stringify(rows)]);
      if (!hasChanged) return ok({ value: found.length, revision: null });
      await em.execute(MARK_VANISHED, [now, serverId, JSON.stringify(found.map(({ kind, name }) => [kind, name]))]);
      await em.execute(ADD_DEFINITIONS, [serverId]);
      await em.execute(FORGET_GONE, [serverId, MAX_GONE]);
      const concerned = await this.#parts.onChange(em, serverId, now);
      await em.execute(FORGET_DEFINITIONS, [serverId]);
      return ok({ value: found.length, revision: await this.#parts.outbox.mark(em, [documentNames.server(serverId), ...concerned]) });
    });
  }

  /** The credential of the widest subject that has one: the organization's, a workspace's, or a person's where only people have one. */
  async #readHeaders(em: EntityManager, server: McpServer): Promise<Record<string, string> | undefined> {
    if (server.authentication === 'NONE') return {};
    const connection = await em.findOne(
      ConnectionEntity,
      { mcpServerId: server.id, sealedHeaders: { $ne: null } },
      { orderBy: { createdAt: 'asc', id: 'asc' } },
    );
    if (connection?.sealedHeaders == null) return undefined;
    const headers = this.#parts.sealer.open({ id: connection.id, sealedHeaders: connection.sealedHeaders });
    return Object.fromEntries(headers.map(({ name, value }) => [name, value]));
  }
}

const UPSERT = `
  INSERT INTO capabilities (id, mcp_server_id, kind, name, title, description, definition, annotations, definition_hash, ui_resource_uri,
                            created_at, last_seen_at)
  SELECT fresh.id, ?, fresh.kind, fresh.name, fresh.title, fresh.description, fresh.definition, coalesce(fresh.annotations, '{}'),
         fresh."definitionHash", fresh."uiResourceUri", ?, ?
  FROM jsonb_to_recordset(?::jsonb) AS fresh (id text, kind text, name text, title text, description text, definition text,
                                              annotations jsonb, "definitionHash" text, "uiResourceUri" text)
  ON CONFLICT (mcp_server_id, kind, name_digest) DO UPDATE SET
    title = excluded.title, description = excluded.description, definition = excluded.definition, annotations = excluded.annotations,
    definition_hash = excluded.definition_hash, ui_resource_uri = excluded.ui_resource_uri, last_seen_at = excluded.last_seen_at,
    vanished_at = NULL`;

const MARK_VANISHED = `
  UPDATE capabilities SET vanished_at = ?
  WHERE mcp_server_id = ? AND vanished_at IS NULL
    AND (kind, name) NOT IN (SELECT entry ->> 0, entry ->> 1 FROM jsonb_array_elements(?::jsonb) AS entry)`;

/** What is gone and nobody said anything about is remembered up to here: an upstream may invent names without end. */
const MAX_GONE = ACCESS_BOUNDS.capabilitiesPerServer;

const FORGET_GONE = `
  DELETE FROM capabilities WHERE id IN (
    SELECT c.id FROM capabilities c
    WHERE c.mcp_server_id = ? AND c.vanished_at IS NOT NULL
      AND NOT EXISTS (SELECT FROM access_grant_capability_overrides o WHERE o.capability_id = c.id)
    ORDER BY c.vanished_at DESC, c.id OFFSET ?
  )`;

const ADD_DEFINITIONS = `
  INSERT INTO capability_definitions (mcp_server_id, kind, definition_hash, definition)
  SELECT DISTINCT ON (kind, definition_hash) mcp_server_id, kind, definition_hash, definition FROM capabilities WHERE mcp_server_id = ?
  ON CONFLICT DO NOTHING`;

const FORGET_DEFINITIONS = `
  DELETE FROM capability_definitions d
  WHERE d.mcp_server_id = ?
    AND NOT EXISTS (SELECT FROM capabilities c
                    WHERE c.mcp_server_id = d.mcp_server_id AND c.kind = d.kind AND c.definition_hash = d.definition_hash)
    AND NOT EXISTS (SELECT FROM access_grant_capability_overrides o JOIN capabilities c ON c.id = o.capability_id
                    WHERE c.mcp_server_id = d.mcp_server_id AND c.kind = d.kind AND o.approved_hash = d.definition_hash)`;

/** Whether what was found is something else than what is known. */
async function differs(em: EntityManager, serverId: string, found: readonly FoundCapability[]): Promise<boolean> {
  const rows = await em.execute<{ kind: string; name: string; hash: string }[]>(
    'SELECT kind, name, definition_hash AS hash FROM capabilities WHERE mcp_server_id = ? AND vanished_at IS NULL',
    [serverId],
  );
  const known = new Map(rows.map(({ kind, name, hash }) => [`${kind}:${name}`, hash]));
  return known.size !== found.length || found.some(({ kind, name, definitionHash }) => known.get(`${kind}:${name}`) !== definitionHash);
}
