// A workspace is a border: consents, members and trusted identity providers of one count for nothing in another, whatever a token says.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { GATEWAY_URL } from '../support/bridge-gateway.ts';
import { workspaceDocument } from '../support/test-snapshot.ts';
import { startTokenGateway, type TokenGateway } from '../support/token-gateway.ts';
import { consentsDocument, createTokenIssuer, type TokenIssuer } from '../support/token-issuer.ts';

let world: TokenGateway;
let provider: TokenIssuer;

beforeAll(async () => {
  provider = await createTokenIssuer({ issuer: 'https://idp.example.com', alg: 'RS256' });
  const trusted = { issuer: provider.issuer, keys: [provider.publicKey], requiredClaims: {}, userClaim: 'email' };
  const users = { 'ada@example.com': 'usr_1' };
  const documents = [
    workspaceDocument('foreign', ['docs'], { organizationId: 'org_2', members: [{ userId: 'usr_1', role: 'MEMBER' }] }),
    consentsDocument('ws_foreign', 'usr_1', ['consent_foreign']),
    { kind: 'organization' as const, id: 'org_1', trustedIssuers: [{ id: 'idp_1', ...trusted, audience: 'api://sluice', users }] },
    { kind: 'organization' as const, id: 'org_2', trustedIssuers: [] },
  ];
  world = await startTokenGateway({ documents });
});

afterAll(() => world.close());

const audienceOf = (place: string) => `${GATEWAY_URL}/${place}/mcp`;

it('a token with the audience of another workspace but a consent of the first opens neither', async () => {
  const token = await world.sign({ aud: audienceOf('other/docs') });
  expect((await world.send(token, 'other/docs')).status).toBe(401);
  expect((await world.send(token, 'test/docs')).status).toBe(401);
});

it('a consent of another workspace counts for nothing', async () => {
  expect((await world.send(await world.sign({ consent: 'consent_foreign' }))).status).toBe(401);
  expect((await world.send(await world.sign({ consent: 'no_such_consent' }))).status).toBe(401);
});

it('a person who is no member is not let in by a signature', async () => {
  expect((await world.send(await world.sign({ sub: 'usr_2' }))).status).toBe(401);
});

it('an identity provider is trusted in the workspaces of its organization only', async () => {
  const token = await provider.sign({ aud: 'api://sluice', email: 'ada@example.com' });
  expect((await world.send(token, 'test/docs')).status).toBe(200);
  expect((await world.send(token, 'other/docs')).status).toBe(200);
  expect((await world.send(token, 'foreign/docs')).status).toBe(401);
});

it('an identity provider cannot speak for our authorization server', async () => {
  const claims = { iss: world.issuer.issuer, sub: 'usr_1', client_id: 'editor', consent: 'consent_1', scope: 'mcp', jti: 'x' };
  expect((await world.send(await provider.sign({ ...claims, aud: audienceOf('test/docs') }))).status).toBe(401);
  const kid = world.issuer.publicKey.kid;
  expect((await world.send(await provider.sign({ ...claims, aud: audienceOf('test/docs') }, { kid }))).status).toBe(401);
});
