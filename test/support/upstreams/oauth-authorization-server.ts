import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider, type ClientMetadata, type Configuration, type KoaContextWithOIDC } from 'oidc-provider';
import { OAuthStore } from './oauth-store.ts';

/** What the authorization server grants for the resource. */
export const UPSTREAM_SCOPES = ['mcp:read', 'mcp:write'] as const;

export interface AuthorizationServerOptions {
  /** Whether clients may register themselves. Default open. */
  readonly registration?: 'open' | 'closed';
  /** Clients that an administrator of the upstream registered beforehand. */
  readonly clients?: readonly ClientMetadata[];
  /** Lifetime of an access token. Default one hour. */
  readonly accessTokenSeconds?: number;
  /** Whether each refresh gives out another refresh token and takes the old one back. Default on. */
  readonly rotation?: boolean;
  /** Whether a person is asked on a page, or consent is given as `account` at once. Default the page. */
  readonly consent?: 'page' | 'automatic';
  /** Who consents where nobody is asked. */
  readonly account?: string;
}

/** A request to the token endpoint. */
export interface TokenRequest {
  readonly grantType: string;
  readonly clientId: string | undefined;
  /** Of the answer. */
  readonly status: number;
}

export interface AuthorizationServer {
  /** The issuer. */
  readonly issuer: string;
  /** Requests to the token endpoint so far, in order. */
  readonly tokenRequests: readonly TokenRequest[];
  /** How often clients registered. */
  readonly registrations: readonly string[];
  /** How often a client took a token back. */
  readonly revocations: number;
  /** The account behind an access token that is good for the resource; undefined for any other text. */
  findAccount(accessToken: string, resource: string): Promise<string | undefined>;
  /** Takes back every grant: refresh and access tokens are worth nothing any longer. */
  revokeGrants(): void;
  /** Takes back the access tokens only. */
  expireAccessTokens(): void;
  /** Whether a used refresh token may be used once more. */
  setGrace(isGraceful: boolean): void;
  /** Runs before each request to the token endpoint is looked at; those that it does not let through get no answer and change nothing. */
  beforeTokenRequest(hook: () => Promise<'let through' | 'lose'>): void;
  /** Runs before each answer of the token endpoint is sent, when the grant is made already. */
  beforeTokenAnswer(hook: (request: TokenRequest, response: ServerResponse) => Promise<void>): void;
  /** Whether every request is answered with 503. */
  setDown(isDown: boolean): void;
  close(): Promise<void>;
}

/** An authorization server with its own accounts and consent page, which protects one resource. */
export async function startAuthorizationServer(resource: string, options: AuthorizationServerOptions = {}): Promise<AuthorizationServer> {
  const store = new OAuthStore();
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, configure(resource, store, options));
  const tokenRequests: TokenRequest[] = [];
  const registrations: string[] = [];
  let [revocations, isDown] = [0, false];
  let gate: () => Promise<'let through' | 'lose'> = async () => 'let through';
  let hook: (request: TokenRequest, response: ServerResponse) => Promise<void> = async () => undefined;
  provider.on('registration_create.success', (_ctx, client) => void registrations.push(client.clientId));
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.path === '/token/revocation') revocations += 1;
    if (ctx.path !== '/token') return;
    const { oidc } = ctx as KoaContextWithOIDC;
    const request = {
      grantType: String(oidc.params?.['grant_type']),
      clientId: oidc.client?.clientId,
      status: ctx.status,
    };
    tokenRequests.push(request);
    await hook(request, ctx.res);
  });
  const callback = provider.callback();
  server.on('request', (req: IncomingMessage, res: ServerResponse) => {
    if (isDown) return void res.writeHead(503).end();
    if (req.url === '/token') {
      const answer = (verdict: 'let through' | 'lose') => void (verdict === 'lose' ? res.destroy() : callback(req, res));
      return void gate().then(answer);
    }
    if (req.url?.startsWith('/interaction/') !== true) return void callback(req, res);
    interact(provider, resource, options, req, res).catch((cause: unknown) => res.writeHead(500).end(String(cause)));
  });
  return {
    issuer,
    tokenRequests,
    registrations,
    get revocations() {
      return revocations;
    },
    findAccount: async (accessToken, audience) => {
      const found = (await provider.AccessToken.find(accessToken)) ?? (await provider.ClientCredentials.find(accessToken));
      if (found === undefined || found.isExpired || ![found.aud].flat().includes(audience)) return undefined;
      return 'accountId' in found ? found.accountId : found.clientId;
    },
    revokeGrants: () => store.clear('AccessToken', 'RefreshToken', 'Grant', 'ClientCredentials', 'Session'),
    expireAccessTokens: () => store.clear('AccessToken', 'ClientCredentials'),
    setGrace: (isGraceful) => void (store.isGraceful = isGraceful),
    beforeTokenRequest: (next) => void (gate = next),
    beforeTokenAnswer: (next) => void (hook = next),
    setDown: (next) => void (isDown = next),
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function configure(resource: string, store: OAuthStore, options: AuthorizationServerOptions): Configuration {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const lifetime = options.accessTokenSeconds ?? 3_600;
  return {
    adapter: (name: string) => store.adapter(name),
    clients: [...(options.clients ?? [])],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256', kid: 'upstream' }] },
    cookies: { keys: ['a key of the test'] },
    scopes: ['openid', ...UPSTREAM_SCOPES],
    responseTypes: ['code'],
    clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    pkce: { required: (_ctx, client) => client.clientAuthMethod !== undefined },
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: () => options.rotation ?? true,
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    ttl: {
      AccessToken: lifetime, AuthorizationCode: 60, ClientCredentials: lifetime, Grant: 86_400, IdToken: 3_600, Interaction: 600,
      RefreshToken: 86_400, Session: 86_400,
    }, // prettier-ignore
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      clientCredentials: { enabled: true },
      registration: { enabled: (options.registration ?? 'open') === 'open' },
      revocation: { enabled: true, allowedPolicy: () => true },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: UPSTREAM_SCOPES.join(' '),
          audience: resource,
          accessTokenFormat: 'opaque',
          accessTokenTTL: lifetime,
        }),
      },
    },
  };
}

/** Sign-in and consent on one page: a form that names the client and takes the account. */
async function interact(
  provider: Provider,
  resource: string,
  options: AuthorizationServerOptions,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const details = await provider.interactionDetails(req, res);
  const { client_id: clientId, scope } = details.params as { client_id: string; scope?: string };
  const isPage = (options.consent ?? 'page') === 'page';
  if (isPage && req.method !== 'POST') {
    res.writeHead(200, { 'content-type': 'text/html' });
    return void res.end(
      `<!doctype html><html lang="en"><title>Upstream consent</title><h1>Allow ${encodeURIComponent(clientId)}?</h1>
<form method="post" action="${req.url}"><label>Account <input name="account" value="alice"></label>
<button name="decision" value="allow">Allow</button><button name="decision" value="deny">Deny</button></form></html>`,
    );
  }
  const form = isPage ? new URLSearchParams(await readText(req)) : new URLSearchParams({ account: options.account ?? 'alice' });
  if (form.get('decision') === 'deny') {
    return provider.interactionFinished(req, res, { error: 'access_denied' }, { mergeWithLastSubmission: false });
  }
  const accountId = form.get('account') ?? 'alice';
  const grant = new provider.Grant({ accountId, clientId });
  grant.addOIDCScope(`openid ${scope ?? ''}`);
  grant.addResourceScope(resource, scope ?? UPSTREAM_SCOPES.join(' '));
  const result = { login: { accountId }, consent: { grantId: await grant.save() } };
  return provider.interactionFinished(req, res, result, { mergeWithLastSubmission: false });
}

async function readText(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
