import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';
import type { PublicKey } from '../../contract/snapshot.ts';

/** An identity provider whose tokens an organization accepts at the gateway. */
export const TrustedIssuerEntity = defineEntity({
  name: 'TrustedIssuer',
  tableName: 'trusted_issuers',
  properties: {
    id: p.string().primary(),
    organizationId: p.string(),
    issuer: p.string(),
    /** Null: the URL of the server that is called. */
    audience: p.string().nullable(),
    /** Null: the one that the issuer's metadata names. */
    jwksUrl: p.string().nullable(),
    requiredClaims: p.json<Record<string, string>>(),
    userClaim: p.string(),
    enabled: p.boolean(),
    keys: p.json<PublicKey[]>(),
    keysReadAt: p.datetime(),
    /** Why the last reading failed; null where it did not. */
    keysFailure: p.string().nullable(),
    nextReadAt: p.datetime(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
    version: p.integer().version(),
  },
});

export type TrustedIssuerRow = InferEntity<typeof TrustedIssuerEntity>;
