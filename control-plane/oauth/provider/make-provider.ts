import { errors, interactionPolicy, Provider, type Configuration } from 'oidc-provider';
import { ACCESS_TOKEN_ALGORITHM, CALL_TOKEN_SCOPE } from '../../../contract/access-token.ts';
import type { Clock } from '../../../foundation/clock.ts';
import type { Fetch } from '../../egress/index.ts';
import { findSigningKey } from '../keys/plan-rotation.ts';
import type { SigningKey } from '../keys/signing-keys.ts';
import {
  ACCESS_TOKEN_SECONDS,
  AUTHORIZATION_CODE_SECONDS,
  GRANT_SECONDS,
  INTERACTION_SECONDS,
  REFRESH_TOKEN_SECONDS,
} from '../lifetimes.ts';
import type { ServerDirectory } from '../server-directory.ts';
import { clientAddressOf } from './to-provider-request.ts';
import { renderFault } from './render-fault.ts';
import type { TokenBasis } from './token-basis.ts';

/** What the authorization server is made of. */
export interface ProviderParts {
  readonly issuer: string;
  readonly adapter: NonNullable<Configuration['adapter']>;
  readonly keys: readonly SigningKey[];
  readonly cookieKeys: readonly string[];
  readonly servers: ServerDirectory;
  readonly basis: TokenBasis;
  readonly clock: Clock;
  /** Whether clients may name themselves by the URL of a document about them. */
  readonly hasClientDocuments: boolean;
  /** How such a document, or a client's keys, are fetched. */
  readonly fetch: Fetch;
  /** Whether one more document may be fetched for whoever asks. */
  readonly allowFetch: (address: string) => Promise<boolean>;
}

const NO_RESOURCE =
  'name the MCP server in the parameter "resource" (RFC 8707); clients older than the MCP revision 2025-06-18 do not, and need an API key';

/** The authorization server. The library does the protocol; who may have what is decided by our rules. */
export function makeProvider(parts: ProviderParts): Provider {
  const provider = new Provider(parts.issuer, {
    adapter: parts.adapter,
    jwks: { keys: parts.keys.map((key) => ({ ...key.privateJwk })) },
    scopes: [CALL_TOKEN_SCOPE],
    claims: {},
    responseTypes: ['code'],
    clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    clientDefaults: {
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      id_token_signed_response_alg: ACCESS_TOKEN_ALGORITHM,
    },
    enabledJWA: { idTokenSigningAlgValues: [ACCESS_TOKEN_ALGORITHM] },
    pkce: { required: () => true },
    clientBasedCORS: () => true,
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: () => true,
    expiresWithSession: () => false,
    routes: { authorization: '/authorize', token: '/token', registration: '/register', revocation: '/revoke', jwks: '/jwks' },
    interactions: { url: (_ctx, { uid }) => `/oauth/interaction/${uid}`, policy: makePolicy() },
    cookies: makeCookies(parts),
    ttl: {
      AccessToken: ACCESS_TOKEN_SECONDS,
      AuthorizationCode: AUTHORIZATION_CODE_SECONDS,
      Grant: GRANT_SECONDS,
      IdToken: ACCESS_TOKEN_SECONDS,
      Interaction: INTERACTION_SECONDS,
      RefreshToken: REFRESH_TOKEN_SECONDS,
      Session: INTERACTION_SECONDS,
    },
    features: makeFeatures(parts),
    fetch: (input, init) => parts.fetch(input, init),
    findAccount: async (_ctx, accountId, token) => {
      const isGood = await parts.basis.isGood(accountId, token);
      return isGood ? { accountId, claims: () => ({ sub: accountId }) } : undefined;
    },
    extraTokenClaims: async (_ctx, token) => ({ consent: await parts.basis.loadConsentId(token) }),
    renderError: renderFault,
  });
  // Addresses in its answers come from the configuration: the requests that it is handed say so in these headers, whatever clients sent.
  provider.proxy = true;
  return provider;
}

/** One step that is always taken: the interaction signs in, asks, and connects, or finds that all of it was done and goes on. */
function makePolicy(): interactionPolicy.Prompt[] {
  const isOpen = new interactionPolicy.Check('open', 'the person has to confirm', (ctx) => ctx.oidc.session?.accountId === undefined);
  return [
    new interactionPolicy.Prompt({ name: 'login', requestable: true }, isOpen),
    new interactionPolicy.Prompt({ name: 'consent', requestable: true }),
  ];
}

function makeFeatures({ servers, clock, keys, hasClientDocuments, allowFetch }: ProviderParts): NonNullable<Configuration['features']> {
  return {
    devInteractions: { enabled: false },
    userinfo: { enabled: false },
    rpInitiatedLogout: { enabled: false },
    dPoP: { enabled: false },
    pushedAuthorizationRequests: { enabled: false },
    registration: { enabled: true, issueRegistrationAccessToken: false },
    revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => client.clientId === token.clientId },
    clientIdMetadataDocument: {
      enabled: hasClientDocuments,
      ack: 'draft-02',
      allowFetch: (ctx) => allowFetch(clientAddressOf(ctx)),
    },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      defaultResource: () => {
        throw new errors.InvalidTarget(NO_RESOURCE);
      },
      getResourceServerInfo: async (ctx, resource) => {
        if (Array.isArray(ctx.oidc.params?.['resource'])) throw new errors.InvalidTarget('a token is for one MCP server');
        // Unknown, disabled and forbidden are answered alike.
        if ((await servers.read(resource)) === undefined) throw new errors.InvalidTarget('there is no such MCP server');
        return {
          scope: CALL_TOKEN_SCOPE,
          audience: resource,
          accessTokenFormat: 'jwt',
          accessTokenTTL: ACCESS_TOKEN_SECONDS,
          jwt: { sign: { alg: ACCESS_TOKEN_ALGORITHM, kid: findSigningKey(keys, clock.nowMs())?.kid } },
        };
      },
    },
  };
}

function makeCookies({ issuer, cookieKeys }: ProviderParts): NonNullable<Configuration['cookies']> {
  const secure = issuer.startsWith('https://');
  const prefix = secure ? '__Secure-' : '';
  const options = { httpOnly: true, sameSite: 'lax', signed: true, secure } as const;
  return {
    keys: [...cookieKeys],
    names: { session: `${prefix}sluice_oauth`, interaction: `${prefix}sluice_oauth_interaction`, resume: `${prefix}sluice_oauth_resume` },
    long: options,
    short: options,
  };
}
