// People call tools with the tokens of an identity provider that their organization trusts.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestIdentityProvider, type TestIdentityProvider } from '../support/identity-provider.ts';
import { sendMcp } from '../support/mcp-request.ts';
import { startStubbedServer } from '../support/stubbed-server.ts';
import type { StubMcpServer } from '../support/upstreams/stub-mcp-server.ts';
import type { Person, Server, World } from '../support/world.ts';

let provider: TestIdentityProvider;
let stub: StubMcpServer;
let world: World;
let server: Server;
let person: Person;

beforeAll(async () => {
  provider = await startTestIdentityProvider();
  ({ stub, world, server } = await startStubbedServer());
  person = await world.addPerson();
  await world.api.run(
    `mutation ($input: TrustedIssuerCreateInput!) {
      trustedIssuerCreate(input: $input) { snapshotRevision userErrors { code message field } }
    }`,
    {
      input: { organizationId: world.organizationId, issuer: provider.issuer, requiredClaims: [{ name: 'email_verified', value: 'true' }] },
    },
    'trustedIssuerCreate',
  );
  await world.enforced();
});
afterAll(async () => {
  provider.close();
  await stub.close();
});

async function call(claims: Record<string, unknown>): Promise<number> {
  const key = await provider.sign({ aud: server.url, email_verified: true, ...claims });
  return (await sendMcp(server.url, { key, body: { jsonrpc: '2.0', id: 1, method: 'ping' } })).status;
}

it('a person whom the token names comes in, and nobody else', async () => {
  expect(await call({ email: person.email })).toBe(200);
  expect(await call({ email: 'nobody@example.com' })).toBe(401);
  expect(await call({ email: person.email, aud: 'https://elsewhere.example' })).toBe(401);
  expect(await call({ email: person.email, email_verified: false })).toBe(401);
});

it('a person who joins later comes in too, and one who is disabled does not any longer', async () => {
  const late = await world.addPerson();
  await world.enforced();
  expect(await call({ email: late.email })).toBe(200);
  await world.api.run(
    'mutation ($id: ID!) { userDisable(id: $id) { snapshotRevision userErrors { code } } }',
    { id: late.id },
    'userDisable',
  );
  await world.enforced();
  expect(await call({ email: late.email })).toBe(401);
});
