import type { LimitsDocument, RateLimit } from '../../contract/rate-limit.ts';
import type { RateLimitRow } from './snapshot-rows.ts';
import { sortBy } from './sort-by.ts';

/** One document for each organization that has limits. */
export function compileLimits(rows: readonly RateLimitRow[]): LimitsDocument[] {
  const byOrganization = Map.groupBy(rows, (row) => row.organizationId);
  return sortBy([...byOrganization], ([id]) => id).map(([organizationId, limits]) => {
    return { kind: 'limits', organizationId, limits: sortBy(limits, ({ id }) => id).map(toRateLimit) };
  });
}

function toRateLimit(row: RateLimitRow): RateLimit {
  const { maxRequests, windowSeconds } = row;
  return {
    id: row.id,
    workspaceId: row.workspaceId ?? undefined,
    userId: row.userId ?? undefined,
    apiKeyId: row.apiKeyId ?? undefined,
    serverId: row.serverId ?? undefined,
    toolName: row.toolName ?? undefined,
    countBy: row.countBy.toSorted(),
    rate: maxRequests === null || windowSeconds === null ? undefined : { maxRequests, windowMs: windowSeconds * 1_000 },
    maxConcurrent: row.maxConcurrent ?? undefined,
  };
}
