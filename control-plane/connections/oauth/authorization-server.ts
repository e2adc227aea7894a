import type { AuthorizationServerMetadata } from '@modelcontextprotocol/client';
import { z } from 'zod';

/** How many methods of an authorization server are kept. */
const MAX_LISTED = 32;

const urlRule = z.string().max(2_048);
const listRule = z.array(z.string().max(256)).transform((items) => items.slice(0, MAX_LISTED));

/**
 * What is kept of an authorization server (RFC 8414). A connection keeps the one that it was made with: tokens and secrets go nowhere
 * else, whatever the upstream says later.
 */
export const AuthorizationServerSchema = z.object({
  issuer: urlRule,
  /** Whether a metadata document says so. Otherwise it is the upstream's own origin with the paths of MCP 2025-03-26. */
  isDiscovered: z.boolean(),
  authorizationEndpoint: urlRule,
  tokenEndpoint: urlRule,
  registrationEndpoint: urlRule.optional(),
  revocationEndpoint: urlRule.optional(),
  tokenEndpointAuthMethods: listRule,
  codeChallengeMethods: listRule.optional(),
  /** RFC 9207 section 3. */
  sendsIssuer: z.boolean(),
  takesClientDocuments: z.boolean(),
  offersOfflineAccess: z.boolean(),
});

export type AuthorizationServer = Readonly<z.infer<typeof AuthorizationServerSchema>>;

/** From a metadata document. */
export function fromMetadata(metadata: AuthorizationServerMetadata): AuthorizationServer {
  const { client_id_metadata_document_supported: takesClientDocuments } = metadata as { client_id_metadata_document_supported?: unknown };
  return AuthorizationServerSchema.parse({
    issuer: metadata.issuer,
    isDiscovered: true,
    authorizationEndpoint: metadata.authorization_endpoint,
    tokenEndpoint: metadata.token_endpoint,
    registrationEndpoint: metadata.registration_endpoint,
    revocationEndpoint: 'revocation_endpoint' in metadata ? metadata.revocation_endpoint : undefined,
    tokenEndpointAuthMethods: metadata.token_endpoint_auth_methods_supported ?? [],
    codeChallengeMethods: metadata.code_challenge_methods_supported,
    sendsIssuer: metadata.authorization_response_iss_parameter_supported === true,
    takesClientDocuments: takesClientDocuments === true,
    offersOfflineAccess: metadata.scopes_supported?.includes('offline_access') ?? false,
  });
}

/** MCP 2025-03-26, Authorization, Fallbacks for Servers without Metadata Discovery. */
export function fromOrigin(url: string): AuthorizationServer {
  const at = (path: string) => new URL(path, url).href;
  return {
    issuer: url,
    isDiscovered: false,
    authorizationEndpoint: at('/authorize'),
    tokenEndpoint: at('/token'),
    registrationEndpoint: at('/register'),
    tokenEndpointAuthMethods: [],
    sendsIssuer: false,
    takesClientDocuments: false,
    offersOfflineAccess: false,
  };
}

/** As the client library takes it. */
export function toMetadata(server: AuthorizationServer): AuthorizationServerMetadata {
  return {
    issuer: server.issuer,
    authorization_endpoint: server.authorizationEndpoint,
    token_endpoint: server.tokenEndpoint,
    registration_endpoint: server.registrationEndpoint,
    response_types_supported: ['code'],
    code_challenge_methods_supported: server.codeChallengeMethods,
    // Nothing listed means basic (RFC 8414 section 2); the library decides by the client then.
    token_endpoint_auth_methods_supported: server.tokenEndpointAuthMethods.length === 0 ? undefined : [...server.tokenEndpointAuthMethods],
    authorization_response_iss_parameter_supported: server.sendsIssuer,
  };
}
