import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendMcp } from '../support/mcp-request.ts';
import { createWorld } from '../support/shared-gateway.ts';
import { stubMcpServer, type StubMcpServer } from '../support/upstreams/stub-mcp-server.ts';
import type { Key, Person, Server, ServerOptions, Workspace, World } from '../support/world.ts';

let stub: StubMcpServer;
let world: World;
let ada: Person;
let bob: Person;
let adasKey: Key;
let bobsKey: Key;
let serviceKey: Key;

beforeAll(async () => {
  [stub, world] = await Promise.all([stubMcpServer(), createWorld()]);
  [ada, bob] = await Promise.all([world.addPerson(), world.addPerson()]);
  [adasKey, bobsKey, serviceKey] = await Promise.all([world.addKey({ person: ada }), world.addKey({ person: bob }), world.addKey()]);
});

afterAll(() => stub.close());

function addServer(granularity: ServerOptions['granularity'], alsoIn: Workspace[] = []): Promise<Server> {
  return world.addServer({ upstreamUrl: stub.url, authentication: 'CUSTOM_HEADERS', granularity, alsoIn });
}

/** The headers that reached the upstream with a call. */
async function call(url: string, key: Key) {
  stub.forget();
  const answer = await sendMcp(url, { key: key.plain, body: { jsonrpc: '2.0', id: 5, method: 'ping' } });
  return { answer, received: stub.requests[0]?.headers };
}

describe('header credentials', () => {
  it('of the organization go with every call', async () => {
    const server = await addServer('ORGANIZATION');
    await world.connect(server, world.organizationId, { authorization: 'Bearer of-the-organization', 'X-Tenant': 'acme' });
    await world.enforced();
    for (const key of [adasKey, serviceKey]) {
      const { answer, received } = await call(server.url, key);
      expect(answer.status).toBe(200);
      expect(received).toMatchObject({ authorization: 'Bearer of-the-organization', 'x-tenant': 'acme' });
    }
  });

  it('of a workspace go with the calls of that workspace', async () => {
    const other = await world.addWorkspace();
    const [server, othersKey] = await Promise.all([addServer('WORKSPACE', [other]), world.addKey({ workspace: other })]);
    await world.connect(server, world.workspace.id, { 'x-api-key': 'first' });
    await world.connect(server, other.id, { 'x-api-key': 'second' });
    await world.enforced();
    expect((await call(server.url, serviceKey)).received).toMatchObject({ 'x-api-key': 'first' });
    const otherUrl = server.url.replace(`/${world.workspace.slug}/`, `/${other.slug}/`);
    expect((await call(otherUrl, othersKey)).received).toMatchObject({ 'x-api-key': 'second' });
  });

  it('of a person go with the calls of that person only', async () => {
    const server = await addServer('USER');
    await world.connect(server, ada.id, { 'x-api-key': 'adas' });
    await world.enforced();
    expect((await call(server.url, adasKey)).received).toMatchObject({ 'x-api-key': 'adas' });
    const bobs = await call(server.url, bobsKey);
    expect(bobs.answer.status).toBe(200);
    const url = `${world.gateway.issuer}/connect/${world.workspace.slug}/${server.slug}`;
    expect(bobs.answer.message()).toMatchObject({ id: 5, error: { message: expect.stringContaining(url), data: { url } } });
    expect(bobs.received).toBeUndefined();
  });

  it('of persons cannot be used by a service key, which is told why and what to use', async () => {
    const server = await addServer('USER');
    await world.enforced();
    const { answer, received } = await call(server.url, serviceKey);
    expect(answer.status).toBe(403);
    expect(answer.message().error?.message).toMatch(/service key has no person.*user key/s);
    expect(received).toBeUndefined();
  });

  it('that are not stored yet are asked for in words', async () => {
    const server = await addServer('ORGANIZATION');
    await world.enforced();
    const { answer, received } = await call(server.url, serviceKey);
    expect(answer.status).toBe(200);
    expect(answer.message().error?.message).toContain('administrator of the organization');
    expect(received).toBeUndefined();
  });
});
