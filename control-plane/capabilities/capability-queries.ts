import type { EntityManager } from '@mikro-orm/postgresql';
import type { CapabilityKind } from '../../contract/access-rule.ts';
import type { ApiContext } from '../api/context.ts';
import { makeIdBatch } from '../api/id-batch.ts';
import { makePageBatch, toPageKey } from '../api/page-batch.ts';
import { toPage, type Page, type PageArgs } from '../api/page.ts';
import { decide, type Access } from '../authorization/index.ts';
import { isServerVisible, McpServerEntity, toServerResource, type ServerPlace } from '../mcp-servers/index.ts';
import { CapabilityEntity, type Capability } from './capability.entity.ts';
import { toCapabilityType, type CapabilityDiscoveryType, type CapabilityType } from './capability.type.ts';

/** Which capabilities a list has. */
export interface CapabilityFilter {
  readonly kind: CapabilityKind | null;
  readonly nameContains: string | null;
}

/** A capability that the caller sees. */
export async function readCapability(id: string, context: ApiContext): Promise<CapabilityType | null> {
  return toVisible(await context.em.findOne(CapabilityEntity, id), context);
}

/** The same by its natural key. */
export async function readCapabilityByName(
  mcpServerId: string,
  kind: CapabilityKind,
  name: string,
  context: ApiContext,
): Promise<CapabilityType | null> {
  return toVisible(await context.em.findOne(CapabilityEntity, { mcpServerId, kind, name }), context);
}

/** What a server offers; nothing for a caller who may not see it. */
export async function listCapabilities(
  server: ServerPlace,
  filter: CapabilityFilter,
  args: PageArgs,
  { access, loaders }: ApiContext,
): Promise<Page<CapabilityType>> {
  if (!maySee(access, server)) return toPage([], args.first, toCapabilityType);
  return loaders.load(batchServerCapabilities, toPageKey(server.id, args, filter));
}

const batchServerCapabilities = makePageBatch(
  CapabilityEntity,
  ({ kind, nameContains }: CapabilityFilter) => ({
    sql: `FROM capabilities item WHERE item.mcp_server_id = parent.id
      AND (?::text IS NULL OR item.kind = ?) AND (?::text IS NULL OR strpos(lower(item.name), lower(?)) > 0)`,
    values: [kind, kind, nameContains, nameContains],
  }),
  toCapabilityType,
);

/** When the upstream of a server was asked what it offers; nothing for a caller who may not see what it offers. */
export async function readDiscovery(server: ServerPlace, { access, loaders }: ApiContext): Promise<CapabilityDiscoveryType> {
  return maySee(access, server) ? loaders.load(batchDiscoveries, server.id) : NOT_YET;
}

const NOT_YET: CapabilityDiscoveryType = { attemptedAt: null, succeededAt: null, lastError: null };

async function batchDiscoveries(em: EntityManager, serverIds: readonly string[]): Promise<CapabilityDiscoveryType[]> {
  const rows = await em.execute<{ id: string; attempted: string | null; succeeded: string | null; last_error: string | null }[]>(
    `SELECT mcp_server_id AS id, attempted_at AS attempted, succeeded_at AS succeeded, last_error
     FROM capability_discoveries WHERE mcp_server_id IN (SELECT jsonb_array_elements_text(?::jsonb))`,
    [JSON.stringify(serverIds)],
  );
  const toDate = (text: string | null) => (text === null ? null : new Date(text));
  const byId = new Map(
    rows.map(({ id, attempted, succeeded, last_error: lastError }) => [
      id,
      { attemptedAt: toDate(attempted), succeededAt: toDate(succeeded), lastError },
    ]),
  );
  return serverIds.map((id) => byId.get(id) ?? NOT_YET);
}

/** Capabilities by id, for callers who may see them. */
export const batchCapabilities = makeIdBatch(CapabilityEntity, toCapabilityType);

async function toVisible(row: Capability | null, { access, em }: ApiContext): Promise<CapabilityType | null> {
  const server = row === null ? null : await em.findOne(McpServerEntity, row.mcpServerId);
  if (row === null || server === null || !(await isVisible(em, access, server))) return null;
  return toCapabilityType(row);
}

async function isVisible(em: EntityManager, access: Access, server: ServerPlace): Promise<boolean> {
  return maySee(access, server) && isServerVisible(em, access, server);
}

/** Members are not shown what rules hide from them, so the whole offer is for those who decide about it. */
function maySee(access: Access, server: ServerPlace): boolean {
  if (decide(access, 'capability.read', toServerResource(server)) === 'allowed') return true;
  return [...access.workspaceSeats.values()].some((seat) => seat.organizationId === server.organizationId && seat.role === 'MANAGER');
}
