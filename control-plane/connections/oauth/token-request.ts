// Trust boundary: the only place where refresh tokens, client secrets and private keys are sent anywhere, and only to the endpoints that
// the connection was made with. What comes back is judged by its error code; no text of the other side is passed on.
import {
  createPrivateKeyJwtAuth,
  exchangeAuthorization,
  fetchToken,
  IssuerMismatchError,
  OAuthError,
  refreshAuthorization,
  type OAuthClientInformationMixed,
  type OAuthClientProvider,
  type OAuthTokens,
} from '@modelcontextprotocol/client';
import type { Fetch } from '../../egress/index.ts';
import { toMetadata, type AuthorizationServer } from './authorization-server.ts';
import type { StoredClient } from './connection-tokens.entity.ts';
import { explainFailure, toCode } from './explain-failure.ts';

/** A client with what it proves itself by. */
export interface ProvenClient extends StoredClient {
  readonly secret?: string;
  readonly privateKey?: string;
}

/** How an authorization server answered a request for tokens. */
export type TokenOutcome =
  | { readonly kind: 'tokens'; readonly tokens: OAuthTokens }
  /** What was presented is worth nothing: an authorization code, a refresh token. */
  | { readonly kind: 'grant_refused'; readonly reason: string }
  /** The client is not known, or its proof is wrong. */
  | { readonly kind: 'client_refused'; readonly reason: string }
  /** Nothing that trying again could change. */
  | { readonly kind: 'request_refused'; readonly reason: string }
  /** It could not be asked, or cannot answer now. Whether the request was carried out is not known. */
  | { readonly kind: 'unavailable'; readonly reason: string };

/** Where and for what tokens are asked. */
export interface TokenPlace {
  readonly authorizationServer: AuthorizationServer;
  readonly client: ProvenClient;
  readonly resource: string | undefined;
}

/** What a consent page gave back. */
export interface AuthorizationAnswer {
  readonly code: string;
  readonly iss: string | undefined;
  readonly codeVerifier: string;
  readonly redirectUri: string;
}

export function redeemCode(fetchFn: Fetch, place: TokenPlace, answer: AuthorizationAnswer): Promise<TokenOutcome> {
  const { code: authorizationCode, ...rest } = answer;
  return judge(() => exchangeAuthorization(place.authorizationServer.issuer, { ...toOptions(fetchFn, place), ...rest, authorizationCode }));
}

export function refreshTokens(fetchFn: Fetch, place: TokenPlace, refreshToken: string): Promise<TokenOutcome> {
  return judge(() => refreshAuthorization(place.authorizationServer.issuer, { ...toOptions(fetchFn, place), refreshToken }));
}

/** RFC 6749 section 4.4. */
export function requestByCredentials(fetchFn: Fetch, place: TokenPlace, scope: string | undefined): Promise<TokenOutcome> {
  const { metadata, clientInformation, addClientAuthentication, resource } = toOptions(fetchFn, place);
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  if (scope !== undefined) form.set('scope', scope);
  if (place.client.audience !== undefined) form.set('audience', place.client.audience);
  const provider: OAuthClientProvider = {
    ...NOBODY,
    clientInformation: () => clientInformation,
    prepareTokenRequest: () => form,
    ...(addClientAuthentication !== undefined && { addClientAuthentication }),
  };
  return judge(() => fetchToken(provider, place.authorizationServer.issuer, { metadata, resource, fetchFn }));
}

function toOptions(fetchFn: Fetch, { authorizationServer, client, resource }: TokenPlace) {
  const { privateKey, algorithm = 'ES256', clientId } = client;
  return {
    metadata: toMetadata(authorizationServer),
    clientInformation: toInformation(client),
    addClientAuthentication:
      privateKey === undefined
        ? undefined
        : createPrivateKeyJwtAuth({ issuer: clientId, subject: clientId, privateKey: parseKey(privateKey), alg: algorithm }),
    resource,
    fetchFn,
  };
}

/** As the client library takes a client. */
export function toInformation({ clientId, secret, authMethod }: ProvenClient): OAuthClientInformationMixed {
  return {
    client_id: clientId,
    ...(secret !== undefined && { client_secret: secret }),
    ...(authMethod !== undefined && { token_endpoint_auth_method: authMethod, redirect_uris: [] }),
  };
}

function parseKey(privateKey: string): string | Record<string, unknown> {
  return privateKey.startsWith('{') ? (JSON.parse(privateKey) as Record<string, unknown>) : privateKey;
}

async function judge(request: () => Promise<OAuthTokens>): Promise<TokenOutcome> {
  try {
    const tokens = await request();
    if (tokens.token_type.toLowerCase() === 'bearer') return { kind: 'tokens', tokens };
    return { kind: 'request_refused', reason: 'The authorization server gives out tokens of a kind that is not supported (not bearer).' };
  } catch (cause) {
    return toOutcome(cause);
  }
}

function toOutcome(cause: unknown): TokenOutcome {
  const reason = explainFailure(cause);
  if (cause instanceof IssuerMismatchError) return { kind: 'request_refused', reason };
  if (!(cause instanceof OAuthError)) return { kind: 'unavailable', reason };
  switch (toCode(cause.code)) {
    case 'invalid_grant':
      return { kind: 'grant_refused', reason };
    case 'invalid_client':
    case 'unauthorized_client':
      return { kind: 'client_refused', reason };
    case 'server_error':
    case 'temporarily_unavailable':
    case 'slow_down':
    case 'too_many_requests':
      return { kind: 'unavailable', reason: 'The authorization server cannot answer at present.' };
    default:
      return { kind: 'request_refused', reason };
  }
}

/** The parts of a provider that a request by credentials does not need. */
const NOBODY: OAuthClientProvider = {
  redirectUrl: undefined,
  clientMetadata: { redirect_uris: [] },
  clientInformation: () => undefined,
  tokens: () => undefined,
  saveTokens: () => undefined,
  redirectToAuthorization: () => undefined,
  saveCodeVerifier: () => undefined,
  codeVerifier: () => '',
};
