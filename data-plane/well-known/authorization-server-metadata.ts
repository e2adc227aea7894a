import { CALL_TOKEN_SCOPE } from '../../contract/access-token.ts';

/**
 * Our authorization server's metadata (RFC 8414 section 2) as far as clients of MCP 2025-03-26 need it. They know no protected-resource
 * metadata and take the origin of the MCP server for the issuer; everybody else reads the issuer's own document.
 */
export function toAuthorizationServerMetadata(issuer: string): object {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    registration_endpoint: `${issuer}/register`,
    revocation_endpoint: `${issuer}/revoke`,
    jwks_uri: `${issuer}/jwks`,
    scopes_supported: [CALL_TOKEN_SCOPE],
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_methods_supported: ['none', 'client_secret_basic', 'client_secret_post'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
  };
}
