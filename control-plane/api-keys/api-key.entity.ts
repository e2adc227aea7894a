import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';
import type { ApiKeyKind } from '../../contract/snapshot.ts';
import type { ApiKeyScope } from '../authorization/index.ts';

/** A key by which a program calls the API or MCP servers. The key itself is not stored, only its hash. */
export const ApiKeyEntity = defineEntity({
  name: 'ApiKey',
  tableName: 'api_keys',
  properties: {
    id: p.string().primary(),
    organizationId: p.string(),
    workspaceId: p.string().nullable(),
    userId: p.string().nullable(),
    kind: p.string().$type<ApiKeyKind>(),
    name: p.string(),
    lookup: p.string(),
    hash: p.string(),
    scopes: p.array().$type<ApiKeyScope[]>(),
    expiresAt: p.datetime().nullable(),
    revokedAt: p.datetime().nullable(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
    version: p.integer().version(),
  },
});

export type ApiKey = InferEntity<typeof ApiKeyEntity>;
