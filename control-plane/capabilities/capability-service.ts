import type { EntityManager } from '@mikro-orm/postgresql';
import { ACCESS_BOUNDS } from '../../contract/access-rule.ts';
import { documentNames } from '../../contract/snapshot.ts';
import type { Clock } from '../../foundation/clock.ts';
import { ok, type Result } from '../../foundation/result.ts';
import { newId } from '../api/ids.ts';
import type { ChangeResult } from '../api/payload.ts';
import { notFound, userError, UserErrorCode, type UserError } from '../api/user-error.ts';
import { authorize, type Access } from '../authorization/index.ts';
import { ConnectionEntity, type Connection } from '../connections/index.ts';
import { noteAction, noteChange } from '../database/change-notes.ts';
import { isLocked } from '../database/is-locked.ts';
import type { Outbox } from '../database/outbox.ts';
import { FOR_CHANGE, write } from '../database/write.ts';
import type { Fetch } from '../egress/index.ts';
import { isServerVisible, McpServerEntity, toServerResource, type McpServer } from '../mcp-servers/index.ts';
import { explainFailure } from '../mcp-server-probes/index.ts';
import { discoverCapabilities, type Found, type FoundCapability } from './discover-capabilities.ts';
import { noteAttempt } from './discovery-schedule.ts';

/** What discovery works with. */
export interface CapabilityServiceParts {
  readonly em: EntityManager;
  readonly clock: Clock;
  readonly outbox: Outbox;
  /** What is sent with the credential of a connection, or what is wrong with it. */
  readonly readCredential: (connection: Connection) => Promise<Result<Readonly<Record<string, string>>, string>>;
  readonly fetch: Fetch;
  /** Keeps the icon that the upstream names. Whoever is told of new capabilities finds it there. */
  readonly keepIcon: (server: McpServer, declared: unknown) => Promise<void>;
  /** Called when capabilities changed, in the same transaction; answers the documents that this concerns beside the server's own. */
  readonly onChange: (em: EntityManager, serverId: string, now: Date) => Promise<readonly string[]>;
}

/** The write model of capabilities: they come from the upstream and from nowhere else. */
export class CapabilityService {
  readonly #parts: CapabilityServiceParts;

  constructor(parts: CapabilityServiceParts) {
    this.#parts = parts;
  }

  /** Asks the upstream what it offers and keeps it, now. */
  async refresh(access: Access, id: string): Promise<ChangeResult<number>> {
    const em = this.#parts.em.fork();
    const server = await em.findOne(McpServerEntity, id);
    if (server === null || !(await isServerVisible(em, access, server))) return notFound('MCP server', 'id');
    if (!authorize(access, 'mcp_server.write', toServerResource(server))) return notFound('MCP server', 'id');
    if (await isLocked(em, id)) return userError(UserErrorCode.INVALID, 'The server is under lockdown.', 'id');
    const attemptedAt = new Date(this.#parts.clock.nowMs());
    const found = await this.#ask(em, server);
    // Its next turn stays where it was: this one may have come in between.
    await noteAttempt(em, id, { attemptedAt, error: found.ok ? undefined : found.error[0]?.message });
    if (!found.ok) return found;
    await this.#parts.keepIcon(server, found.value.icons);
    return this.#keep(id, found.value.capabilities, true);
  }

  /** The same without being told to. Undefined, or what is wrong. */
  async discover(id: string): Promise<string | undefined> {
    const em = this.#parts.em.fork();
    const server = await em.findOne(McpServerEntity, id);
    if (server === null) return undefined; // deleted since its turn came
    const found = await this.#ask(em, server);
    if (!found.ok) return found.error[0]?.message;
    await this.#parts.keepIcon(server, found.value.icons);
    const kept = await this.#keep(id, found.value.capabilities, false);
    return kept.ok ? undefined : kept.error[0]?.message;
  }

  /** The upstream is asked outside of any transaction: it may be slow. */
  async #ask(em: EntityManager, server: McpServer): Promise<Result<Found, readonly UserError[]>> {
    const { canonicalUrl: url, transport } = server;
    let refusal: Result<never, readonly UserError[]> = userError(UserErrorCode.INVALID, NOT_CONNECTED, 'id');
    for await (const headers of this.#listHeaders(em, server)) {
      if (!headers.ok) {
        refusal = userError(UserErrorCode.INVALID, headers.error, 'id');
        continue;
      }
      try {
        return ok(await discoverCapabilities(this.#parts.fetch, { url, transport, headers: headers.value }));
      } catch (cause) {
        refusal = userError(UserErrorCode.UNREACHABLE, explainFailure(cause).message, 'id');
      }
    }
    return refusal;
  }

  /** Nothing that gateways know changes where definitions are the same. */
  #keep(serverId: string, found: readonly FoundCapability[], isAsked: boolean): Promise<ChangeResult<number>> {
    return write(this.#parts.em, {}, async (em) => {
      const server = await em.findOne(McpServerEntity, serverId, FOR_CHANGE);
      if (server === null) return notFound('MCP server', 'id');
      const hasChanged = await differs(em, serverId, found);
      const rows = found.map((capability) => ({ id: newId('Capability'), ...capability }));
      if (isAsked || hasChanged) {
        noteAction(em, 'mcpServerCapabilitiesRefresh');
        noteChange(em, { kind: 'McpServer', id: serverId, before: {}, after: { capabilitiesFound: rows.length } });
      }
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

  /** The credentials to try: the organization's, or those of workspaces or people where only they have any; oldest first. */
  async *#listHeaders(em: EntityManager, server: McpServer): AsyncGenerator<Result<Readonly<Record<string, string>>, string>> {
    if (server.authentication === 'NONE') return yield ok({});
    const connections = await em.find(
      ConnectionEntity,
      { mcpServerId: server.id },
      { orderBy: { createdAt: 'asc', id: 'asc' }, limit: MAX_CREDENTIALS },
    );
    for (const connection of connections) yield await this.#parts.readCredential(connection);
  }
}

const NOT_CONNECTED = 'Nobody has connected this server yet, so it cannot be asked. Connect it first.';

/** How many credentials are tried: one whose owner left must not be the end of it, and an upstream must not see all of them. */
const MAX_CREDENTIALS = 5;

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
