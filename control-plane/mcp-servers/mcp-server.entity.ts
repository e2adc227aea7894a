import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';
import type { Authentication, Granularity, Transport } from '../../contract/snapshot.ts';

/** An entry in the hub: a remote MCP server and how the gateway reaches it. */
export const McpServerEntity = defineEntity({
  name: 'McpServer',
  tableName: 'mcp_servers',
  properties: {
    id: p.string().primary(),
    organizationId: p.string(),
    /** The workspace that owns it; null where the organization does. */
    workspaceId: p.string().nullable(),
    slug: p.string(),
    name: p.string(),
    description: p.text().nullable(),
    url: p.text(),
    canonicalUrl: p.text(),
    transport: p.string().$type<Transport>(),
    authentication: p.string().$type<Authentication>(),
    granularity: p.string().$type<Granularity>(),
    enabled: p.boolean(),
    maxRequestBytes: p.integer(),
    /** Null: as the data planes are configured. */
    upstreamTimeoutSeconds: p.integer().nullable(),
    connectRetries: p.integer(),
    circuitBreakerFailures: p.integer(),
    circuitBreakerOpenSeconds: p.integer(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
    version: p.integer().version(),
  },
});

export type McpServer = InferEntity<typeof McpServerEntity>;
