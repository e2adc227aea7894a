// A server says where its icon is, and people see it in the console. Whoever registers or runs one could have the control plane fetch from
// inside the operator's network, hold it up, fill it, or bring script to the console's origin.
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SAMPLE_ICON } from '../../embedded/sample-server/icon.ts';
import { startSampleServer } from '../../embedded/sample-server/http-server.ts';
import { ApiClient } from '../support/api-client.ts';
import { useSharedControlPlane, type TestControlPlane } from '../support/control-plane.ts';
import { HubWorld } from '../support/hub-world.ts';
import { McpServerCapabilitiesRefreshDocument } from '../support/generated/graphql.ts';
import { answerLegacy, initializeAnswer, sendJson, stubMcpServer, type StubMcpServer } from '../support/upstreams/stub-mcp-server.ts';
import { openSignedInBrowser } from '../support/web-sign-in.ts';

const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
const OTHER_PNG = Buffer.from(SAMPLE_ICON.src.split(',')[1]!, 'base64');
const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';

/** What is at an address where a server says that its icon is. */
const ANSWERS: Readonly<Record<string, (response: ServerResponse) => unknown>> = {
  good: (response) => response.end(PNG),
  mislabeled: (response) => response.setHeader('content-type', 'text/html').end(PNG),
  'too-large': (response) => response.end(Buffer.concat([PNG, Buffer.alloc(65_536)])),
  endless: (response) => {
    const more = () => void (response.write(Buffer.alloc(16_384)) && setImmediate(more));
    response.writeHead(200, { 'content-type': 'image/png' }).on('drain', more);
    response.write(PNG);
    more();
  },
  svg: (response) => response.setHeader('content-type', 'image/png').end(SVG),
  page: (response) => response.setHeader('content-type', 'image/png').end('<!doctype html><script>alert(1)</script>'),
  'to-metadata': (response) => response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end(),
  'to-itself': (response) => response.writeHead(302, { location: '/good' }).end(),
  slow: () => undefined,
  turning: (response) => (hasTurned ? response.writeHead(404).end() : response.end(PNG)),
  gone: (response) => response.writeHead(404).end(PNG),
};

let plane: TestControlPlane;
let world: HubWorld;
let stub: StubMcpServer;
let origin: string;
let hasTurned = false;
/** The `icons` that the servers name, by the path of their URL. */
const named = new Map<string, unknown>();

beforeAll(async () => {
  plane = await useSharedControlPlane();
  world = await HubWorld.create(plane);
  stub = await stubMcpServer((request, response) => {
    if (request.method === 'GET' && request.path.startsWith('/icon/')) return void ANSWERS[request.path.slice(6)]!(response);
    if (request.message?.method !== 'initialize') return answerLegacy(request, response);
    const icons = named.get(request.path);
    const answer = initializeAnswer(request.message) as { result: { serverInfo: object } };
    sendJson(response, { ...answer, result: { ...answer.result, serverInfo: { ...answer.result.serverInfo, icons } } });
  });
  origin = new URL(stub.url).origin;
});
afterAll(async () => {
  await stub.close();
});

/** A server that names these icons, after it was asked what it offers. */
async function addServer(path: string, icons: unknown): Promise<{ id: string }> {
  named.set(path, icons);
  const server = await world.addServer({ url: origin + path });
  await refresh(server.id);
  return server;
}

async function refresh(id: string): Promise<void> {
  await plane.run(plane.adminKey, McpServerCapabilitiesRefreshDocument, { id });
}

async function readPath(id: string, key = plane.adminKey): Promise<string | null | undefined> {
  const query = 'query ($id: ID!) { mcpServer(id: $id) { iconPath } }';
  return (await plane.send<{ mcpServer: { iconPath: string | null } | null }>(key, query, { id })).data?.mcpServer?.iconPath;
}

function open(path: string, headers: Record<string, string> = { authorization: `Bearer ${plane.adminKey}` }): Promise<Response> {
  return fetch(plane.url + path, { headers });
}

function iconAt(answer: string): object[] {
  return [{ src: `${origin}/icon/${answer}` }];
}

describe('an icon', () => {
  it('is fetched once without a credential, and served as what its bytes are, to run nothing', async () => {
    const { id } = await addServer('/mcp/good', iconAt('mislabeled'));
    const path = await readPath(id);
    expect(path).toBe(`/icons/${id}/${createHash('sha256').update(PNG).digest('base64url')}`);
    const response = await open(path!);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(PNG);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/png',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'private, max-age=31536000, immutable',
    });
    await refresh(id);
    const asked = stub.requests.filter(({ path: at }) => at === '/icon/mislabeled');
    expect(asked).toHaveLength(1);
    expect(asked[0]!.headers).not.toHaveProperty('authorization');
    expect(asked[0]!.headers).not.toHaveProperty('cookie');
  });

  it('is another one when the server names another one, and none when it names none or moves', async () => {
    const { id } = await addServer('/mcp/changing', iconAt('good'));
    const before = await readPath(id);
    named.set('/mcp/changing', [{ src: `data:text/html;base64,${OTHER_PNG.toString('base64')}` }]);
    await refresh(id);
    const after = await readPath(id);
    expect(Buffer.from(await (await open(after!)).arrayBuffer())).toEqual(OTHER_PNG);
    expect((await open(before!)).status).toBe(404);
    const move = 'mutation ($id: ID!, $url: String!) { mcpServerUpdate(id: $id, input: { url: $url }) { userErrors { message } } }';
    await plane.send(plane.adminKey, move, { id, url: `${origin}/mcp/elsewhere` });
    expect(await readPath(id)).toBeNull();
    await plane.send(plane.adminKey, move, { id, url: `${origin}/mcp/changing` });
    expect(await readPath(id)).toBe(after);
    named.set('/mcp/changing', []);
    await refresh(id);
    expect(await readPath(id)).toBeNull();
  });

  it('is the one of the size that is shown, of those that can be', async () => {
    const icons = [
      { src: `${origin}/icon/page`, sizes: ['512x512'] },
      { src: `${origin}/icon/svg`, sizes: ['64x64'], mimeType: 'image/svg+xml' },
      { src: `${origin}/icon/good`, sizes: ['48x48'] },
    ];
    const { id } = await addServer('/mcp/sizes', icons);
    expect(await readPath(id)).not.toBeNull();
    expect(stub.requests.some(({ path }) => path === '/icon/page')).toBe(false);
  });

  it('of a real server is found by a probe, which keeps nothing, and kept when the server is asked what it offers', async () => {
    const sample = await startSampleServer(0);
    try {
      const url = `http://127.0.0.1:${sample.port}/mcp`;
      const probe = `mutation ($input: McpServerProbeInput!) { mcpServerProbe(input: $input) { probe { server { name icon } } } }`;
      const { data } = await plane.send<{ mcpServerProbe: { probe: { server: { icon: string } } } }>(plane.adminKey, probe, {
        input: { organizationId: world.organizationId, url },
      });
      const icon = data!.mcpServerProbe.probe.server.icon;
      expect(icon).toMatch(/^data:image\/png;base64,iVBOR/);
      const { id } = await world.addServer({ url });
      expect(await readPath(id)).toBeNull();
      await refresh(id);
      const image = await open((await readPath(id))!);
      expect(Buffer.from(await image.arrayBuffer()).toString('base64')).toBe(icon.split(',')[1]);
    } finally {
      await sample.stop();
    }
  });

  it('is shown to who sees the server, by their key or in their browser, and to no other site', async () => {
    const { id } = await addServer('/mcp/seen', iconAt('good'));
    const workspace = await world.addWorkspace();
    await world.grant(workspace.id, id);
    const member = await world.addPerson('MEMBER', { workspaceId: workspace.id, role: 'MEMBER' });
    const other = await world.addPerson('MEMBER');
    const path = (await readPath(id, member.key))!;
    expect((await open(path, { authorization: `Bearer ${member.key}` })).status).toBe(200);
    expect((await open(path, { authorization: `Bearer ${other.key}` })).status).toBe(404);
    expect((await open(path, {})).status).toBe(401);
    expect((await open(path.replace(/[^/]+$/, 'x'.repeat(43)))).status).toBe(404);
    const browser = await openSignedInBrowser(new ApiClient(plane.url, plane.adminKey), plane.publicUrl, member.id);
    const cookie = browser.cookies.headerFor(new URL(plane.publicUrl));
    expect((await open(path, { cookie, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    expect((await open(path, { cookie, 'sec-fetch-site': 'cross-site' })).status).toBe(401);
  });
});

describe('what is no icon', () => {
  it('shows nothing, keeps what is known of the server, and is given up in time', async () => {
    const cases: Record<string, unknown> = {
      ...Object.fromEntries(
        Object.keys(ANSWERS)
          .filter((name) => !['good', 'mislabeled', 'turning'].includes(name))
          .map((name) => [name, iconAt(name)]),
      ),
      metadata: [{ src: 'https://169.254.169.254/icon.png' }, { src: 'https://[fd00:ec2::254]/icon.png' }],
      'foreign-http': [{ src: stub.url.replace('127.0.0.1', 'localhost').replace('/mcp', '/icon/good') }],
      scheme: [{ src: 'file:///etc/passwd' }, { src: 'javascript:alert(1)' }, { src: 'ftp://127.0.0.1/icon.png' }],
      'svg-data': [{ src: `data:image/png;base64,${Buffer.from(SVG).toString('base64')}` }, { src: `data:image/svg+xml,${SVG}` }],
      'large-data': [{ src: `data:image/png;base64,${Buffer.concat([PNG, Buffer.alloc(65_536)]).toString('base64')}` }],
      'too-many': [...Array.from({ length: 60 }, () => ({ src: `${origin}/icon/gone` })), ...iconAt('good')],
    };
    const startedMs = Date.now();
    const ids = await Promise.all(Object.entries(cases).map(async ([name, icons]) => (await addServer(`/mcp/${name}`, icons)).id));
    expect(Date.now() - startedMs).toBeLessThan(8_000);
    expect(await Promise.all(ids.map((id) => readPath(id)))).toEqual(ids.map(() => null));
    const query = 'query ($id: ID!) { mcpServer(id: $id) { capabilityDiscovery { succeededAt lastError } } }';
    for (const id of ids) {
      expect((await plane.send(plane.adminKey, query, { id })).data).toMatchObject({
        mcpServer: { capabilityDiscovery: { succeededAt: expect.any(String), lastError: null } },
      });
    }
  });

  it('leaves the last good one, while the server names the same', async () => {
    const { id } = await addServer('/mcp/breaking', iconAt('turning'));
    const path = await readPath(id);
    expect(path).not.toBeNull();
    hasTurned = true;
    const database = new Client(plane.databaseUrl);
    await database.connect();
    await database.query("UPDATE mcp_server_icons SET read_at = read_at - interval '1 hour'");
    await database.end();
    await refresh(id);
    expect(stub.requests.filter(({ path: at }) => at === '/icon/turning')).toHaveLength(2);
    expect((await open(path!)).status).toBe(200);
    named.set('/mcp/breaking', iconAt('gone'));
    await refresh(id);
    expect(await readPath(id)).toBeNull();
  });
});
