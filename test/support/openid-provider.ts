import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

/** A person as the provider knows them; the login is the subject. */
export type OpenIdPerson = Readonly<Record<string, unknown>> & { readonly sub: string };

/** An OpenID Connect provider with pages of its own on which people sign in by their login, with any password. */
export interface TestOpenIdProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Adds a person, or changes what is said of them. */
  setPerson(person: OpenIdPerson): void;
  close(): void;
}

/** @param redirectUri the only one that the client has. */
export async function startTestOpenIdProvider(redirectUri: string): Promise<TestOpenIdProvider> {
  const people = new Map<string, OpenIdPerson>();
  const server = createServer();
  server.listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  // By name: the browser under test keeps cookies by host, and this is another site.
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  const client = { client_id: 'sluice', client_secret: 'a secret: with & signs', redirect_uris: [redirectUri] };
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const provider = new Provider(issuer, {
    clients: [client],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256', kid: 'idp' }] },
    cookies: { keys: ['a key of the test'] },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    pkce: { required: () => true },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ ...people.get(id), sub: id }) }),
    features: { devInteractions: { enabled: true } },
  });
  server.on('request', provider.callback());
  return {
    issuer,
    clientId: client.client_id,
    clientSecret: client.client_secret,
    setPerson: (person) => void people.set(person.sub, person),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
