import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';

/** What a person allowed: that a client uses a server of a workspace in their name. */
export const ConsentEntity = defineEntity({
  name: 'Consent',
  tableName: 'consents',
  properties: {
    id: p.string().primary(),
    organizationId: p.string(),
    userId: p.string(),
    clientId: p.text(),
    /** What the client called itself when it was last asked about. */
    clientName: p.string(),
    /** Where the client may have the person sent back; see `toRedirectTarget`. */
    redirectTargets: p.array(),
    workspaceId: p.string(),
    mcpServerId: p.string(),
    scopes: p.array(),
    /** The part of the workspace's consents that it travels to gateways in. */
    shard: p.string(),
    lastUsedAt: p.datetime(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
    version: p.integer().version(),
  },
});

export type Consent = InferEntity<typeof ConsentEntity>;
