import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';

/** What people get whom an identity provider brings along. Owners are made by owners only. */
export type ProvidedRole = 'ADMIN' | 'MEMBER' | 'AUDITOR';

/** An OpenID Connect provider by which people of an organization sign in. */
export const IdentityProviderEntity = defineEntity({
  name: 'IdentityProvider',
  tableName: 'identity_providers',
  properties: {
    id: p.string().primary(),
    organizationId: p.string(),
    name: p.string(),
    issuer: p.string(),
    clientId: p.string(),
    /** Null: a public client. */
    sealedClientSecret: p.string().nullable(),
    clientSecretKeyId: p.string().nullable(),
    clientSecretFingerprint: p.string().nullable(),
    clientSecretUpdatedAt: p.datetime().nullable(),
    scopes: p.json<string[]>(),
    emailClaim: p.string(),
    nameClaim: p.string(),
    groupsClaim: p.string().nullable(),
    emailDomain: p.string().nullable(),
    requiredGroup: p.string().nullable(),
    createsUsers: p.boolean(),
    defaultRole: p.string().$type<ProvidedRole>(),
    enabled: p.boolean(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
    version: p.integer().version(),
  },
});

export type IdentityProvider = InferEntity<typeof IdentityProviderEntity>;
