import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';

/** Something that is stopped everywhere; exactly one of the four ids says what. */
export const LockdownEntity = defineEntity({
  name: 'Lockdown',
  tableName: 'lockdowns',
  properties: {
    id: p.string().primary(),
    organizationId: p.string(),
    mcpServerId: p.string().nullable(),
    workspaceId: p.string().nullable(),
    userId: p.string().nullable(),
    apiKeyId: p.string().nullable(),
    reason: p.text().nullable(),
    createdBy: p.string().nullable(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
    version: p.integer().version(),
  },
});

/** The one id that is set. */
export function toSubjectId({ mcpServerId, workspaceId, userId, apiKeyId }: Lockdown): string {
  return (mcpServerId ?? workspaceId ?? userId ?? apiKeyId)!;
}

export type Lockdown = InferEntity<typeof LockdownEntity>;
