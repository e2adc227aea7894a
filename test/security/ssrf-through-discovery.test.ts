// An upstream names the addresses of its metadata, its authorization server and its endpoints. Whoever registers one could have the control
// plane fetch from inside the operator's network: cloud metadata, an admin interface.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { ConnectionAuthorizeDocument } from '../support/generated/graphql.ts';
import type { HubPerson } from '../support/hub-world.ts';
import { TokenWorld } from '../support/token-world.ts';

let world: TokenWorld;
let owner: HubPerson;
let evil: Server;
let origin: string;
/** What the upstream says of itself. */
let says: { metadata: object; server: object; redirect?: string; challenge?: string };

const INSIDE = ['http://169.254.169.254', 'http://10.0.0.1', 'http://[fd00::1]', 'file:///etc', 'http://192.168.0.1'];

beforeAll(async () => {
  world = await TokenWorld.create();
  owner = await world.hub.addPerson('OWNER');
  evil = createServer((req, res) => {
    const path = req.url ?? '';
    const json = (body: object) => res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (says.redirect !== undefined && path.startsWith('/.well-known/')) return void res.writeHead(302, { location: says.redirect }).end();
    if (path.startsWith('/.well-known/oauth-protected-resource')) return void json(says.metadata);
    if (path.startsWith('/.well-known/oauth-authorization-server')) return void json(says.server);
    if (path === '/register')
      return void res.writeHead(201, { 'content-type': 'application/json' }).end('{"client_id":"x","redirect_uris":[]}');
    res.writeHead(path === '/mcp' ? 401 : 404, { 'www-authenticate': says.challenge ?? 'Bearer' }).end();
  });
  evil.listen(0, '127.0.0.1');
  await once(evil, 'listening');
  origin = `http://127.0.0.1:${(evil.address() as AddressInfo).port}`;
});
beforeEach(async () => {
  await world.sql('DELETE FROM upstream_registrations');
  const server = {
    issuer: origin,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    registration_endpoint: `${origin}/register`,
    response_types_supported: ['code'],
  };
  says = { metadata: { resource: `${origin}/mcp`, authorization_servers: [origin] }, server };
});
afterAll(async () => {
  evil.close();
  await world.stop();
});

async function authorize() {
  const { id } = await world.hub.addServer({ url: `${origin}/mcp`, authentication: 'OAUTH' });
  const startedMs = Date.now();
  const answer = await world.plane.run(owner.key, ConnectionAuthorizeDocument, { mcpServerId: id, subjectId: world.hub.organizationId });
  // An address that is refused is not waited for.
  expect(Date.now() - startedMs).toBeLessThan(4_000);
  return answer.connectionAuthorize;
}

it('works at all with an upstream that names itself', async () => {
  expect(await authorize()).toMatchObject({ authorizationUrl: expect.stringContaining(`${origin}/authorize`) as unknown, userErrors: [] });
});

it.each(INSIDE)('fetches nothing from %s, whichever document names it', async (inside) => {
  says.metadata = { resource: `${origin}/mcp`, authorization_servers: [inside] };
  expect(await authorize()).toMatchObject({ authorizationUrl: null, userErrors: [{ code: 'UNREACHABLE' }] });
  says.metadata = { resource: `${origin}/mcp`, authorization_servers: [origin] };
  says.server = { ...says.server, registration_endpoint: `${inside}/register` };
  expect(await authorize()).toMatchObject({ authorizationUrl: null, userErrors: [{ code: 'UNREACHABLE' }] });
});

it('follows no redirect to another origin', async () => {
  says.redirect = 'http://169.254.169.254/latest/meta-data';
  const { authorizationUrl } = await authorize();
  // Left without metadata it takes the upstream itself for the authorization server (MCP 2025-03-26), and nothing from elsewhere.
  expect(authorizationUrl ?? origin).toContain(origin);
});

it.each(['javascript:alert(1)', 'http://169.254.169.254/authorize', 'data:text/html,x'])('sends no browser to %s', async (endpoint) => {
  says.server = { ...says.server, authorization_endpoint: endpoint };
  expect(await authorize()).toMatchObject({ authorizationUrl: null, userErrors: [{ code: 'UNREACHABLE' }] });
});
