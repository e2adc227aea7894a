import { beforeAll, describe, expect, it } from 'vitest';
import {
  AccessConditionCheckDocument,
  ConnectionCreateDocument,
  McpServerCapabilitiesDocument,
  McpServerCapabilitiesRefreshDocument,
} from '../../support/generated/graphql.ts';
import { useSharedControlPlane, type TestControlPlane } from '../../support/control-plane.ts';
import { HubWorld } from '../../support/hub-world.ts';
import { startFixtureServer } from '../../support/upstreams/fixture-server.ts';
import { startSseFixtureServer } from '../../support/upstreams/sse-fixture-server.ts';
import { initializeAnswer, sendJson, stubMcpServer, type RecordedRequest } from '../../support/upstreams/stub-mcp-server.ts';

let plane: TestControlPlane;
let world: HubWorld;

beforeAll(async () => {
  plane = await useSharedControlPlane();
  world = await HubWorld.create(plane);
});

describe('what an upstream offers', () => {
  it.each([
    ['legacy', () => startFixtureServer({ eras: 'legacy' })],
    ['modern', () => startFixtureServer({ eras: 'modern' })],
    ['SSE', () => startSseFixtureServer()],
  ])('is found on a %s server', async (era, start) => {
    const upstream = await start();
    try {
      const { id } = await world.addServer({ url: upstream.url, transport: era === 'SSE' ? 'SSE' : 'STREAMABLE_HTTP' });
      const { found, snapshotRevision, userErrors } = await refresh(id);
      expect(userErrors).toEqual([]);
      expect(found).toBeGreaterThan(10);
      expect(snapshotRevision).toBeGreaterThan(0);
      const kinds = new Set((await list(id)).map(({ kind }) => kind));
      expect(kinds).toEqual(new Set(['TOOL', 'PROMPT', 'RESOURCE', 'RESOURCE_TEMPLATE']));
      const { nodes } = (await page(id, { kind: 'TOOL', nameContains: 'SIMPLE_TEXT' })).mcpServer!.capabilities;
      expect(nodes).toMatchObject([{ kind: 'TOOL', name: 'test_simple_text', vanishedAt: null }]);
      expect(JSON.parse(nodes[0]!.definition)).toMatchObject({ name: 'test_simple_text', inputSchema: {} });
      expect(upstream.sessionCount()).toBe(0);
    } finally {
      await upstream.close();
    }
  });

  it('is read to the last page with the stored credential, kept over changes, and marked when it is gone', async () => {
    let pages = [[tool('one', { annotations: { readOnlyHint: true } })], [tool('two'), { name: 7 }, tool('one')]];
    const seen: (string | undefined)[] = [];
    const upstream = await stubMcpServer((request, response) => {
      seen.push(request.headers['x-api-key'] as string | undefined);
      sendJson(response, toAnswer(request, pages));
    });
    try {
      const { id } = await world.addServer({ url: upstream.url, authentication: 'CUSTOM_HEADERS' });
      expect((await refresh(id)).userErrors).toMatchObject([{ code: 'INVALID' }]);
      const input = { mcpServerId: id, subjectId: world.organizationId, headers: [{ name: 'X-Api-Key', value: 'value' }] };
      await plane.run(plane.adminKey, ConnectionCreateDocument, { input });
      expect((await refresh(id)).found).toBe(2);
      expect(new Set(seen)).toEqual(new Set(['value']));
      const before = await list(id);
      expect(before.map(({ name }) => name).toSorted()).toEqual(['one', 'two']);
      pages = [[tool('one', { description: 'Changed.' })]];
      expect((await refresh(id)).found).toBe(1);
      const after = await list(id);
      const one = { before: before.find(({ name }) => name === 'one')!, after: after.find(({ name }) => name === 'one')! };
      expect(one.after).toMatchObject({ id: one.before.id, description: 'Changed.', vanishedAt: null });
      expect(one.after.definitionDigest).not.toBe(one.before.definitionDigest);
      expect(after.find(({ name }) => name === 'two')!.vanishedAt).not.toBeNull();
    } finally {
      await upstream.close();
    }
  });

  it('is left as it was when the upstream cannot be asked', async () => {
    const { id } = await world.addServer({ url: 'http://127.0.0.1:1/mcp' });
    expect((await refresh(id)).userErrors).toMatchObject([{ code: 'UNREACHABLE', field: ['id'] }]);
  });
});

it('is not shown to members', async () => {
  const upstream = await startFixtureServer();
  const workspace = await world.addWorkspace();
  const { id } = await world.addServer({ url: upstream.url });
  await world.grant(workspace.id, id);
  await refresh(id);
  await upstream.close();
  const [member, manager] = [
    await world.addPerson('MEMBER', { workspaceId: workspace.id, role: 'MEMBER' }),
    await world.addPerson('MEMBER', { workspaceId: workspace.id, role: 'MANAGER' }),
  ];
  expect(await list(id, member.key)).toEqual([]);
  expect(await list(id, manager.key)).not.toEqual([]);
  expect((await plane.run(member.key, AccessConditionCheckDocument, { condition: 'true' })).accessConditionCheck.isValid).toBe(true);
});

function tool(name: string, rest: object = {}): object {
  return { name, inputSchema: { type: 'object' }, ...rest };
}

function toAnswer({ message }: RecordedRequest, pages: readonly (readonly object[])[]): object {
  const { id, method, params } = message!;
  if (method === 'initialize') return initializeAnswer(message!);
  if (method !== 'tools/list') return { jsonrpc: '2.0', id, error: { code: -32_601, message: 'Method not found' } };
  const at = Number((params as { cursor?: string } | undefined)?.cursor ?? 0);
  return { jsonrpc: '2.0', id, result: { tools: pages[at] ?? [], ...(at + 1 < pages.length && { nextCursor: String(at + 1) }) } };
}

async function refresh(id: string) {
  return (await plane.run(plane.adminKey, McpServerCapabilitiesRefreshDocument, { id })).mcpServerCapabilitiesRefresh;
}

function page(id: string, rest: object, key = plane.adminKey) {
  return plane.run(key, McpServerCapabilitiesDocument, { id, first: 100, ...rest });
}

async function list(id: string, key = plane.adminKey) {
  return (await page(id, {}, key)).mcpServer!.capabilities.nodes;
}
