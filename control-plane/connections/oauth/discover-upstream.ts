// Trust boundary: what an upstream and its authorization server say about themselves. Every address is fetched under the egress policy;
// a metadata document counts for the issuer that it was asked for only (RFC 8414 section 3.3), and protected-resource metadata for
// the server that it describes only (RFC 9728 section 3.3).
import {
  checkResourceAllowed,
  computeScopeUnion,
  discoverAuthorizationServerMetadata,
  discoverOAuthProtectedResourceMetadata,
  discoverOAuthServerInfo,
  resourceUrlFromServerUrl,
  type OAuthProtectedResourceMetadata,
} from '@modelcontextprotocol/client';
import { err, ok, type Result } from '../../../foundation/result.ts';
import type { Fetch, GuardedFetch } from '../../egress/index.ts';
import { NO_OAUTH_SETTINGS, type McpServer, type OauthSettings } from '../../mcp-servers/index.ts';
import { AuthorizationServerSchema, fromMetadata, fromOrigin, type AuthorizationServer } from './authorization-server.ts';
import { explainFailure } from './explain-failure.ts';
import { readChallenge, type Challenge } from './read-challenge.ts';

/** Where a token for an upstream comes from, and what to ask for. */
export interface UpstreamAuthorization {
  readonly authorizationServer: AuthorizationServer;
  /** The `resource` of requests (RFC 8707), to the letter. */
  readonly resource: string | undefined;
  readonly scope: string | undefined;
}

/** How long finding everything out may take, in milliseconds: a dozen documents at most, each with a limit of its own. */
const DEADLINE_MS = 25_000;

/** Everything that the settings do not say is discovered. The reason why not is for people. */
export async function discoverUpstream(http: GuardedFetch, server: McpServer): Promise<Result<UpstreamAuthorization, string>> {
  const settings = { ...NO_OAUTH_SETTINGS, ...server.oauth };
  const fetchFn = limitTime(http.fetch, Date.now() + DEADLINE_MS);
  const needsConsent = server.authentication === 'OAUTH';
  try {
    const challenge = await readChallenge(http, server.canonicalUrl, server.transport);
    const found = await findAuthorizationServer(fetchFn, server.canonicalUrl, settings, challenge).catch((cause: unknown) => {
      // Who says where consent and tokens come from needs no discovery; an upstream without metadata is connected that way.
      if (settings.tokenEndpoint === null || (needsConsent && settings.authorizationEndpoint === null)) throw cause;
      return { authorizationServer: fromOrigin(settings.issuer ?? new URL('/', settings.tokenEndpoint).href), resourceMetadata: undefined };
    });
    const { resourceMetadata } = found;
    if (resourceMetadata !== undefined && !describes(resourceMetadata, server.canonicalUrl))
      return err(
        'The metadata of the upstream describes another server than the one at this URL. Ask whoever runs it, or correct the URL.',
      );
    const authorizationServer = applySettings(found.authorizationServer, settings);
    if (needsConsent && !isSafeToVisit(authorizationServer.authorizationEndpoint))
      return err('The address where people would give consent is not reached by https. Ask whoever runs the upstream.');
    return ok({
      authorizationServer,
      resource: settings.resource ?? resourceMetadata?.resource,
      scope: chooseScope(settings, challenge, resourceMetadata, authorizationServer),
    });
  } catch (cause) {
    return err(explainFailure(cause));
  }
}

async function findAuthorizationServer(
  fetchFn: Fetch,
  url: string,
  { issuer }: OauthSettings,
  { resourceMetadataUrl }: Challenge,
): Promise<{ authorizationServer: AuthorizationServer; resourceMetadata: OAuthProtectedResourceMetadata | undefined }> {
  if (issuer === null) {
    const info = await discoverOAuthServerInfo(url, { resourceMetadataUrl, fetchFn });
    const { authorizationServerMetadata: metadata, authorizationServerUrl, resourceMetadata } = info;
    return { authorizationServer: metadata === undefined ? fromOrigin(authorizationServerUrl) : fromMetadata(metadata), resourceMetadata };
  }
  const metadata = await discoverAuthorizationServerMetadata(issuer, { fetchFn });
  // The settings say where tokens come from; what the upstream says about itself is then a help, not a need.
  const resourceMetadata = await discoverOAuthProtectedResourceMetadata(url, { resourceMetadataUrl }, fetchFn).catch(() => undefined);
  return { authorizationServer: metadata === undefined ? fromOrigin(issuer) : fromMetadata(metadata), resourceMetadata };
}

function applySettings(server: AuthorizationServer, settings: OauthSettings): AuthorizationServer {
  return AuthorizationServerSchema.parse({
    ...server,
    authorizationEndpoint: settings.authorizationEndpoint ?? server.authorizationEndpoint,
    tokenEndpoint: settings.tokenEndpoint ?? server.tokenEndpoint,
    registrationEndpoint: settings.registrationEndpoint ?? server.registrationEndpoint,
    revocationEndpoint: settings.revocationEndpoint ?? server.revocationEndpoint,
  });
}

/** MCP 2025-11-25, Authorization, Scope Selection Strategy; what an administrator sets is asked for exactly. */
function chooseScope(
  { scopes }: OauthSettings,
  challenge: Challenge,
  resourceMetadata: OAuthProtectedResourceMetadata | undefined,
  { offersOfflineAccess }: AuthorizationServer,
): string | undefined {
  if (scopes !== null) return scopes.join(' ') || undefined;
  const wanted = challenge.scope ?? (resourceMetadata?.scopes_supported?.join(' ') || undefined);
  // Without it such a server gives no refresh token, and the connection would end with the first access token.
  return wanted !== undefined && offersOfflineAccess ? computeScopeUnion(wanted, 'offline_access') : wanted;
}

function describes({ resource }: OAuthProtectedResourceMetadata, url: string): boolean {
  return checkResourceAllowed({ requestedResource: resourceUrlFromServerUrl(url), configuredResource: resource });
}

/** A person's browser is sent there. */
function isSafeToVisit(endpoint: string): boolean {
  if (!URL.canParse(endpoint)) return false;
  const { protocol, hostname } = new URL(endpoint);
  const isLoopback = hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '127.0.0.1' || hostname === '[::1]';
  return protocol === 'https:' || (protocol === 'http:' && isLoopback);
}

function limitTime(fetchFn: Fetch, untilMs: number): Fetch {
  return (input, init) => {
    if (Date.now() > untilMs) throw new DOMException('discovery takes too long', 'TimeoutError');
    return fetchFn(input, init);
  };
}
