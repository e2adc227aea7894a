import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestControlPlane, type OwnControlPlane } from '../../support/control-plane.ts';
import { HubWorld } from '../../support/hub-world.ts';
import { startFixtureServer, type FixtureServer } from '../../support/upstreams/fixture-server.ts';

let plane: OwnControlPlane;
let world: HubWorld;
let fixture: FixtureServer;

beforeAll(async () => {
  [plane, fixture] = await Promise.all([startTestControlPlane({ healthCheckMs: 200 }), startFixtureServer()]);
  world = await HubWorld.create(plane);
});
afterAll(() => Promise.all([plane.stop(), fixture.close()]));

interface Health {
  readonly state: string;
  readonly checkedAt: string | null;
  readonly lastSuccessAt: string | null;
  readonly lastError: string | null;
}

async function readHealth(id: string): Promise<Health | undefined> {
  const query = 'query ($id: ID!) { mcpServer(id: $id) { health { state checkedAt lastSuccessAt lastError } } }';
  const { data } = await plane.send<{ mcpServer: { health: Health } | null }>(plane.adminKey, query, { id });
  return data?.mcpServer?.health;
}

it('a server is checked now and then, without a session being left', async () => {
  const good = await world.addServer({ url: fixture.url });
  const bad = await world.addServer({ url: 'http://127.0.0.1:9/mcp' });
  await expect.poll(() => readHealth(good.id), { timeout: 10_000 }).toMatchObject({ state: 'HEALTHY', lastError: null });
  await expect
    .poll(() => readHealth(bad.id), { timeout: 10_000 })
    .toMatchObject({
      state: 'UNHEALTHY',
      checkedAt: expect.any(String),
      lastSuccessAt: null,
      lastError: expect.stringContaining('No connection'),
    });
  expect(fixture.sessionCount()).toBe(0);
});

it('registering a server probes it where its probe is asked for', async () => {
  const register = async (slug: string, url: string) => {
    const mutation = `mutation ($input: McpServerCreateInput!) {
      mcpServerCreate(input: $input) { mcpServer { id } probe { outcome eras server { name } } userErrors { code } } }`;
    const input = { organizationId: world.organizationId, slug, name: 'Server', url };
    return (await plane.send<{ mcpServerCreate: object }>(plane.adminKey, mutation, { input })).data?.mcpServerCreate;
  };
  expect(await register('probed', fixture.url)).toMatchObject({
    mcpServer: { id: expect.any(String) },
    probe: { outcome: 'REACHABLE', eras: ['LEGACY', 'MODERN'], server: { name: 'sluice-fixture' } },
  });
  expect(await register('not-there', 'http://127.0.0.1:9/mcp')).toMatchObject({
    mcpServer: { id: expect.any(String) },
    probe: { outcome: 'CONNECTION_FAILED' },
  });
  expect(await register('probed', fixture.url)).toMatchObject({ mcpServer: null, probe: null, userErrors: [{ code: 'TAKEN' }] });
});
