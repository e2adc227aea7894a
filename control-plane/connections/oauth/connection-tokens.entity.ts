import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';
import type { AuthorizationServer } from './authorization-server.ts';

/**
 * `CONNECTED`: tokens can be had. `ERROR`: not at present, because of something that no consent can change.
 * `NEEDS_AUTHORIZATION`: not until whoever may connect the subject does so again.
 */
export type TokenState = 'CONNECTED' | 'NEEDS_AUTHORIZATION' | 'ERROR';

/** The client that tokens are issued to, its secret excepted. */
export interface StoredClient {
  /**
   * `DOCUMENT`: the gateway's client id metadata document. `REGISTERED`: the gateway registered itself. `PRE_REGISTERED`: of the
   * server's settings. `OWN`: of this connection (client credentials).
   */
  readonly kind: 'DOCUMENT' | 'REGISTERED' | 'PRE_REGISTERED' | 'OWN';
  readonly clientId: string;
  /** RFC 7591 section 2, `token_endpoint_auth_method`. Absent: the best one that the authorization server takes. */
  readonly authMethod?: string;
  /** Of a private key. */
  readonly algorithm?: string;
  /** Of a connection's own secret. */
  readonly fingerprint?: string;
  /** ISO 8601. */
  readonly updatedAt?: string;
  /** The `audience` of token requests. */
  readonly audience?: string;
}

/** What a connection holds that authenticates by access tokens. The tokens exist sealed only. */
export const ConnectionTokensEntity = defineEntity({
  name: 'ConnectionTokens',
  tableName: 'connection_tokens',
  properties: {
    connectionId: p.string().primary(),
    state: p.string().$type<TokenState>(),
    /** Why it is not CONNECTED, or what the last attempt to renew it met, in words. */
    reason: p.text().nullable(),
    /** Counts how often it was connected. */
    epoch: p.integer(),
    /** Counts the access tokens; 0 before the first one. */
    serial: p.integer(),
    authorizationServer: p.json().$type<AuthorizationServer>(),
    client: p.json().$type<StoredClient>(),
    resource: p.text().nullable(),
    requestedScope: p.text().nullable(),
    grantedScope: p.text().nullable(),
    /** {@link SealedTokens} as JSON. */
    sealed: p.text(),
    sealKeyId: p.string(),
    /** Of the access token; null where the authorization server did not say. */
    expiresAt: p.datetime().nullable(),
    /** When it is renewed ahead of time; null where it is not. */
    refreshAt: p.datetime().nullable(),
    /** When a request for a new token was sent whose outcome was not stored. */
    attemptedAt: p.datetime().nullable(),
    /** Attempts in a row that failed. */
    failures: p.integer(),
    /** Until then nothing is attempted. */
    retryAt: p.datetime().nullable(),
    updatedAt: p.datetime(),
  },
});

export type ConnectionTokens = InferEntity<typeof ConnectionTokensEntity>;

/** What is sealed. */
export interface SealedTokens {
  readonly accessToken?: string;
  readonly refreshToken?: string;
  /** Of the client, where it has one that is not in the server's settings. */
  readonly clientSecret?: string;
  /** PKCS #8 in PEM, or a JWK. */
  readonly privateKey?: string;
}
