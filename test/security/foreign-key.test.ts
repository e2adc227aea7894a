// A key of another workspace is as good as none, and tells its holder nothing about this one.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendMcp, type McpAnswer } from '../support/mcp-request.ts';
import { createWorld } from '../support/shared-gateway.ts';
import { startStubbedServer } from '../support/stubbed-server.ts';
import type { StubMcpServer } from '../support/upstreams/stub-mcp-server.ts';
import type { Key, Server, World } from '../support/world.ts';

let stub: StubMcpServer;
let world: World;
let server: Server;
let neighborsKey: Key;
let strangersKey: Key;

beforeAll(async () => {
  ({ stub, world, server } = await startStubbedServer());
  const neighborhood = await world.addWorkspace();
  neighborsKey = await world.addKey({ workspace: neighborhood });
  const elsewhere = await createWorld();
  strangersKey = await elsewhere.addKey();
  await Promise.all([world.enforced(), elsewhere.enforced()]);
});

afterAll(() => stub.close());

const PING = { jsonrpc: '2.0', id: 1, method: 'ping' };

/** The challenge repeats the path that was asked for, whatever it is. */
function visible({ status, headers, body }: McpAnswer): object {
  const { date: _, 'www-authenticate': challenge, ...rest } = headers;
  const asked = /oauth-protected-resource(\/[^"]*)"/.exec(String(challenge))?.[1] ?? 'nothing';
  return { status, headers: { ...rest, challenge: String(challenge).replace(asked, '<asked>') }, body: body.toString() };
}

describe('a key of another workspace', () => {
  it.each([
    ['of the same organization', () => neighborsKey],
    ['of another organization', () => strangersKey],
  ])('%s opens nothing here', async (_name, key) => {
    stub.forget();
    const answer = await sendMcp(server.url, { key: key().plain, body: PING });
    expect(answer.status).toBe(401);
    expect(stub.requests).toEqual([]);
  });

  it('learns nothing from the difference between what is there and what is not', async () => {
    const absentServer = server.url.replace(server.slug, 'no-such-server');
    const absentWorkspace = server.url.replace(world.workspace.slug, 'no-such-workspace');
    for (const key of [neighborsKey.plain, strangersKey.plain, `slc_aaaaaaaaaaaa_${'A'.repeat(43)}`, 'nonsense']) {
      const here = visible(await sendMcp(server.url, { key, body: PING }));
      expect(visible(await sendMcp(absentServer, { key, body: PING }))).toEqual(here);
      expect(visible(await sendMcp(absentWorkspace, { key, body: PING }))).toEqual(here);
    }
  });

  it('learns nothing without a key either', async () => {
    const here = visible(await sendMcp(server.url, { body: PING }));
    const there = visible(await sendMcp(server.url.replace(world.workspace.slug, 'no-such-workspace'), { body: PING }));
    // The challenge names the URL that was asked for, which the stranger knows; nothing else may differ.
    const neutral = (text: object) => JSON.stringify(text).replaceAll(world.workspace.slug, 'x').replaceAll('no-such-workspace', 'x');
    expect(neutral(there)).toBe(neutral(here));
  });
});
