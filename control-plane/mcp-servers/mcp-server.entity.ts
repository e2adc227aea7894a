import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';
import type { Forwarding } from '../../contract/forwarding.ts';
import type { Authentication, Granularity, PayloadCapture, Transport } from '../../contract/snapshot.ts';
import type { OauthSettings } from './oauth-settings.ts';

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
    /** Null: as the data planes are configured. */
    upstreamIdleSeconds: p.integer().nullable(),
    connectRetries: p.integer(),
    circuitBreakerFailures: p.integer(),
    circuitBreakerOpenSeconds: p.integer(),
    payloadCapture: p.string().$type<PayloadCapture>(),
    /** Of the values that each subject enters; null: whoever enters them says which. */
    headerNames: p.array().nullable(),
    forwarding: p.json().$type<Forwarding>().nullable(),
    oauth: p.json().$type<OauthSettings>().nullable(),
    /** Of the client in `oauth.clientId`, or a reference to one; see `clientSecretOwner`. */
    sealedClientSecret: p.text().nullable(),
    /** The key of the ring that sealed it. */
    clientSecretKeyId: p.string().nullable(),
    clientSecretFingerprint: p.string().nullable(),
    clientSecretUpdatedAt: p.datetime().nullable(),
    /** The authorization server that the secret was first used with; it is not sent to another one. */
    clientSecretIssuer: p.text().nullable(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
    version: p.integer().version(),
  },
});

export type McpServer = InferEntity<typeof McpServerEntity>;
