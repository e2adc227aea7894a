import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startBridgeGateway, type BridgeGateway } from '../../support/bridge-gateway.ts';
import { openSession, sendMcp } from '../../support/mcp-request.ts';
import { startFixtureServer, type FixtureServer } from '../../support/upstreams/fixture-server.ts';

let fixture: FixtureServer;
let gateway: BridgeGateway;
let home: string;
let other: string;

beforeEach(async () => {
  fixture = await startFixtureServer({ eras: 'legacy' });
  gateway = await startBridgeGateway({ servers: { fixture: { upstreamUrl: fixture.url } }, processes: 2 });
  [home, other] = gateway.processes.map((process) => process.url('fixture')) as [string, string];
});

afterEach(() => Promise.all([gateway.close(), fixture.close()]));

const list = { jsonrpc: '2.0', id: 2, method: 'tools/list' };

describe('a session that its upstream does not know, on a gateway of two processes', () => {
  it.each(['home', 'other'])('stays ended when its client ended it through the %s one', async (through) => {
    const session = await openSession(home, gateway.key);
    await sendMcp(through === 'home' ? home : other, { key: gateway.key, session, method: 'DELETE' });
    expect((await sendMcp(other, { key: gateway.key, session, body: list })).status).toBe(404);
    expect((await sendMcp(home, { key: gateway.key, session, body: list })).status).toBe(404);
  });

  it('is brought back by its home, and once: every process serves the old id and the new one', async () => {
    const session = await openSession(home, gateway.key);
    await fixture.loseSessions();
    const answer = await sendMcp(other, { key: gateway.key, session, body: list });
    expect(answer.status).toBe(200);
    const renewed = String(answer.headers['mcp-session-id']);
    expect(renewed).not.toBe(session);
    for (const url of [home, other]) {
      expect((await sendMcp(url, { key: gateway.key, session, body: list })).status).toBe(200);
      const again = await sendMcp(url, { key: gateway.key, session: renewed, body: list });
      expect([again.status, again.headers['mcp-session-id'] ?? renewed]).toEqual([200, renewed]);
    }
  });

  it('is brought back by whoever is asked when its home is gone', async () => {
    const session = await openSession(home, gateway.key);
    await gateway.processes[0]!.kill();
    await fixture.loseSessions();
    expect((await sendMcp(other, { key: gateway.key, session, body: list })).status).toBe(200);
  });
});
