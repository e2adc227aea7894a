import { generateKeyPairSync } from 'node:crypto';
import type { Locator, Page } from 'playwright-core';
import { startOAuthUpstream, type OAuthUpstream } from '../support/upstreams/oauth-upstream.ts';

const CLIENT_ID = 'script';

/** A protected upstream that takes one client only, which proves itself by signing (private_key_jwt), and the key that it signs with. */
export async function startSignedUpstream(): Promise<{ readonly upstream: OAuthUpstream; readonly privateKey: string }> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const upstream = await startOAuthUpstream({
    registration: 'closed',
    clients: [
      {
        client_id: CLIENT_ID,
        redirect_uris: [],
        response_types: [],
        grant_types: ['client_credentials'],
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'ES256',
        jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: CLIENT_ID, alg: 'ES256', use: 'sig' }] },
      },
    ],
  });
  return { upstream, privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

/** Enters the client wherever a form asks for one. */
export async function enterSigningClient(form: Page | Locator, privateKey: string): Promise<void> {
  await form.getByLabel('Client id').fill(CLIENT_ID);
  await form.getByText('By a private key').click();
  await form.getByRole('textbox', { name: 'Private key' }).fill(privateKey);
}
