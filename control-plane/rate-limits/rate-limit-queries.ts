import type { ApiContext } from '../api/context.ts';
import { makePageBatch, toPageKey } from '../api/page-batch.ts';
import type { Page, PageArgs } from '../api/page.ts';
import { decide } from '../authorization/index.ts';
import { RateLimitEntity, type RateLimitRow } from './rate-limit.entity.ts';
import { toRateLimitType, type RateLimitType } from './rate-limit.type.ts';

/** A limit that the caller sees. */
export async function readRateLimit(id: string, context: ApiContext): Promise<RateLimitType | null> {
  return toVisible(await context.em.findOne(RateLimitEntity, id), context);
}

/** The same by its natural key. */
export async function readRateLimitByName(organizationId: string, name: string, context: ApiContext): Promise<RateLimitType | null> {
  return toVisible(await context.em.findOne(RateLimitEntity, { organizationId, name }), context);
}

/** The limits of an organization that the caller sees. */
export function listRateLimits(organizationId: string, args: PageArgs, { access, loaders }: ApiContext): Promise<Page<RateLimitType>> {
  const isReadable = (workspaceId: string | null) => decide(access, 'rate_limit.read', { organizationId, workspaceId }) === 'allowed';
  const scope = { all: isReadable(null), workspaceIds: [...access.workspaceSeats.keys()].filter(isReadable) };
  return loaders.load(batchRateLimits, toPageKey(organizationId, args, scope));
}

function toVisible(row: RateLimitRow | null, { access }: ApiContext): RateLimitType | null {
  return row !== null && decide(access, 'rate_limit.read', row) === 'allowed' ? toRateLimitType(row) : null;
}

interface LimitScope {
  readonly all: boolean;
  /** Otherwise those of these workspaces. */
  readonly workspaceIds: readonly string[];
}

const batchRateLimits = makePageBatch(
  RateLimitEntity,
  ({ all, workspaceIds }: LimitScope) => ({
    sql: `FROM rate_limits item WHERE item.organization_id = parent.id
      AND (?::boolean OR item.workspace_id IN (SELECT jsonb_array_elements_text(?::jsonb)))`,
    values: [all, JSON.stringify(workspaceIds)],
  }),
  toRateLimitType,
);
