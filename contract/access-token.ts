import { z } from 'zod';

/** The one scope of a gateway token: to call the MCP server that its audience names. */
export const CALL_TOKEN_SCOPE = 'mcp';

/** The algorithm of our signatures (RFC 7518 section 3.4). */
export const ACCESS_TOKEN_ALGORITHM = 'ES256';

/** The claims of an access token of our authorization server (JWT profile, RFC 9068 section 2.2). */
export const AccessTokenClaimsSchema = z.object({
  /** The issuer in the snapshot, exactly. */
  iss: z.string(),
  /** The person, by their user id. */
  sub: z.string(),
  /** Exactly one server's URL; see {@link toServerUrl}. A token is good for nothing else (RFC 8707). */
  aud: z.string(),
  client_id: z.string(),
  /** Seconds since the epoch. */
  exp: z.number(),
  iat: z.number(),
  jti: z.string(),
  scope: z.string(),
  /** The consent that it rests on; without it in the snapshot, the token is worth nothing. */
  consent: z.string(),
});

export type AccessTokenClaims = Readonly<z.infer<typeof AccessTokenClaimsSchema>>;

/** The URL of a server as clients use it and as tokens name it: canonical, by slugs, without a trailing slash (MCP 2026-07-28, Authorization, Canonical Server URI). */
export function toServerUrl(gatewayUrl: string, workspaceSlug: string, serverSlug: string): string {
  return `${gatewayUrl.replace(/\/+$/, '')}/${workspaceSlug}/${serverSlug}/mcp`;
}
