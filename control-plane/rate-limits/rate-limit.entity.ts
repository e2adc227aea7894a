import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';
import type { LimitDimension } from '../../contract/rate-limit.ts';

/** A bound on the calls of an organization. */
export const RateLimitEntity = defineEntity({
  name: 'RateLimit',
  tableName: 'rate_limits',
  properties: {
    id: p.string().primary(),
    organizationId: p.string(),
    name: p.string(),
    /** What it applies to. Null: whichever. */
    workspaceId: p.string().nullable(),
    userId: p.string().nullable(),
    apiKeyId: p.string().nullable(),
    mcpServerId: p.string().nullable(),
    toolName: p.string().nullable(),
    countBy: p.json<LimitDimension[]>(),
    /** Both or neither. */
    maxRequests: p.integer().nullable(),
    windowSeconds: p.integer().nullable(),
    maxConcurrent: p.integer().nullable(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
    version: p.integer().version(),
  },
});

export type RateLimitRow = InferEntity<typeof RateLimitEntity>;
