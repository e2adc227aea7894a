import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { useSharedControlPlane, type TestControlPlane } from '../../support/control-plane.ts';
import {
  ConnectionCreateDocument,
  McpServerBySlugDocument,
  McpServerCreateDocument,
  McpServerDeleteDocument,
  McpServerDisableDocument,
  McpServerDocument,
  McpServerEnableDocument,
  McpServerUpdateDocument,
  NodeDocument,
  OrganizationMcpServersDocument,
  WorkspaceMcpServersDocument,
  type McpServerCreateInput,
  type McpServerUpdateInput,
} from '../../support/generated/graphql.ts';
import { HubWorld, unique } from '../../support/hub-world.ts';

let plane: TestControlPlane;
let world: HubWorld;

beforeAll(async () => {
  plane = await useSharedControlPlane();
});
beforeEach(async () => {
  world = await HubWorld.create(plane);
});

describe('registering a server', () => {
  it('stores it with its defaults, keeps the URL as entered and shows the canonical one', async () => {
    const { mcpServer, snapshotRevision, userErrors } = await create({ slug: 'calendar', url: 'HTTPS://MCP.Example:443/a/../mcp' });
    expect(userErrors).toEqual([]);
    expect(snapshotRevision).toBeGreaterThan(0);
    expect(mcpServer).toMatchObject({
      slug: 'calendar',
      description: null,
      url: 'HTTPS://MCP.Example:443/a/../mcp',
      canonicalUrl: 'https://mcp.example/mcp',
      transport: 'STREAMABLE_HTTP',
      authentication: 'NONE',
      granularity: 'ORGANIZATION',
      enabled: true,
      maxRequestBytes: 4_194_304,
      version: 1,
      organization: { id: world.organizationId },
      workspace: null,
    });
    expect((await plane.run(plane.adminKey, McpServerDocument, { id: mcpServer!.id })).mcpServer).toEqual(mcpServer);
    const natural = { organizationId: world.organizationId, slug: 'calendar' };
    expect((await plane.run(plane.adminKey, McpServerBySlugDocument, natural)).mcpServerBySlug).toEqual(mcpServer);
    expect((await plane.run(plane.adminKey, NodeDocument, { id: mcpServer!.id })).node).toEqual({
      __typename: 'McpServer',
      id: mcpServer!.id,
    });
  });

  it('reports all faults of an input together', async () => {
    const { mcpServer, userErrors } = await create({ slug: 'Not a slug', name: '', url: 'ftp://files.example', maxRequestBytes: 1 });
    expect(mcpServer).toBeNull();
    expect(new Set(userErrors.map(({ field }) => field!.join('.')))).toEqual(
      new Set(['input.slug', 'input.name', 'input.url', 'input.maxRequestBytes']),
    );
    expect(userErrors).toHaveLength(4);
  });

  it.each([
    ['no URL', 'mcp.example', 'INVALID'],
    ['another scheme', 'file:///etc/passwd', 'INVALID'],
    ['credentials in it', 'https://user:pass@mcp.example/', 'INVALID'],
    ['a fragment', 'https://mcp.example/mcp#part', 'INVALID'],
    ['a private address', 'http://10.1.2.3/mcp', 'UNREACHABLE'],
    ['the metadata address', 'http://169.254.169.254/latest', 'UNREACHABLE'],
    ['the metadata address in another notation', 'http://0xa9fea9fe/', 'UNREACHABLE'],
    ['a private address behind an IPv6 notation', 'http://[::ffff:10.0.0.1]/', 'UNREACHABLE'],
  ])('refuses %s as an upstream', async (_, url, code) => {
    expect((await create({ url })).userErrors).toMatchObject([{ code, field: ['input', 'url'] }]);
  });

  it('accepts a loopback address where the operator allows it', async () => {
    expect((await create({ url: 'http://localhost:1/mcp' })).userErrors).toEqual([]);
  });

  it.each(['STREAMABLE_HTTP', 'SSE'] as const)('accepts the transport %s', async (transport) => {
    expect((await create({ transport })).mcpServer).toMatchObject({ transport });
  });

  it.each(['OAUTH', 'CLIENT_CREDENTIALS'] as const)(
    'takes %s without any settings: everything can be discovered',
    async (authentication) => {
      const { mcpServer, userErrors } = await create({ authentication });
      expect(userErrors).toEqual([]);
      expect(mcpServer).toMatchObject({ authentication });
    },
  );

  it('answers TAKEN for a slug of the organization, and lets another organization have it', async () => {
    await create({ slug: 'calendar' });
    expect((await create({ slug: 'calendar' })).userErrors).toMatchObject([{ code: 'TAKEN', field: ['input', 'slug'] }]);
    const other = await HubWorld.create(plane);
    expect(await other.addServer({ slug: 'calendar' })).toMatchObject({ slug: 'calendar' });
  });

  it('creates once, however often the request is sent', async () => {
    const variables = { input: draft({ slug: 'calendar' }), idempotencyKey: unique('once') };
    const [first, second] = await Promise.all([
      plane.run(plane.adminKey, McpServerCreateDocument, variables),
      plane.run(plane.adminKey, McpServerCreateDocument, variables),
    ]);
    expect(second.mcpServerCreate).toEqual(first.mcpServerCreate);
    expect(first.mcpServerCreate.userErrors).toEqual([]);
  });

  it("answers NOT_FOUND for an owner workspace of another organization, also to that workspace's manager", async () => {
    const other = await HubWorld.create(plane);
    const workspace = await other.addWorkspace();
    const manager = await other.addPerson('MEMBER', { workspaceId: workspace.id, role: 'MANAGER' });
    for (const key of [plane.adminKey, manager.key]) {
      const { userErrors } = await create({ workspaceId: workspace.id }, key);
      expect(userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
    }
  });

  it('lets a manager add one that the workspace owns, and change it', async () => {
    const workspace = await world.addWorkspace();
    const manager = await world.addPerson('MEMBER', { workspaceId: workspace.id, role: 'MANAGER' });
    const { mcpServer } = await create({ workspaceId: workspace.id }, manager.key);
    expect(mcpServer).toMatchObject({ workspace: { id: workspace.id } });
    expect((await update(mcpServer!.id, { name: 'Renamed' }, undefined, manager.key)).mcpServer).toMatchObject({ name: 'Renamed' });
  });
});

describe('changing a server', () => {
  it('leaves what is absent, clears what is null, sets the rest', async () => {
    const { id } = await world.addServer({ description: 'Something', name: 'Before' });
    const { mcpServer } = await update(id, { description: null, maxRequestBytes: 2_048 });
    expect(mcpServer).toMatchObject({ description: null, maxRequestBytes: 2_048, name: 'Before', version: 2 });
  });

  it('names a revision only where gateways have something to learn', async () => {
    const { id } = await world.addServer();
    expect((await update(id, { description: 'For people' })).snapshotRevision).toBeNull();
    expect((await update(id, { name: 'For gateways too' })).snapshotRevision).toBeGreaterThan(0);
    const repeated = await update(id, { name: 'For gateways too' });
    expect(repeated).toMatchObject({ snapshotRevision: null, mcpServer: { version: 3 } });
  });

  it('answers STALE_VERSION and changes nothing', async () => {
    const { id } = await world.addServer({ name: 'Before' });
    await update(id, { name: 'Between' });
    expect((await update(id, { name: 'Late' }, 1)).userErrors).toMatchObject([{ code: 'STALE_VERSION', field: ['expectedVersion'] }]);
    expect((await plane.run(plane.adminKey, McpServerDocument, { id })).mcpServer).toMatchObject({ name: 'Between' });
  });

  it('does not lead stored credentials to another upstream, nor to another kind of subject', async () => {
    const { id } = await world.addServer({ authentication: 'CUSTOM_HEADERS' });
    const connection = { mcpServerId: id, subjectId: world.organizationId, headers: [{ name: 'X-Key', value: 'secret' }] };
    await plane.run(plane.adminKey, ConnectionCreateDocument, { input: connection });
    const change: McpServerUpdateInput = { url: 'https://evil.example/mcp', granularity: 'USER', authentication: 'NONE' };
    expect((await update(id, change)).userErrors.map(({ code, field }) => [code, field])).toEqual([
      ['HAS_DEPENDENTS', ['input', 'url']],
      ['HAS_DEPENDENTS', ['input', 'authentication']],
      ['HAS_DEPENDENTS', ['input', 'granularity']],
    ]);
    expect((await update(id, { url: 'https://mcp.example/v2/mcp' })).userErrors).toEqual([]);
  });

  it('disables and enables', async () => {
    const { id } = await world.addServer();
    const disabled = (await plane.run(plane.adminKey, McpServerDisableDocument, { id })).mcpServerDisable;
    expect(disabled).toMatchObject({ mcpServer: { enabled: false }, userErrors: [] });
    const enabled = (await plane.run(plane.adminKey, McpServerEnableDocument, { id })).mcpServerEnable;
    expect(enabled).toMatchObject({ mcpServer: { enabled: true } });
    expect(enabled.snapshotRevision).toBeGreaterThan(disabled.snapshotRevision!);
  });
});

describe('deleting a server', () => {
  it('says which workspaces lose it', async () => {
    const { id } = await world.addServer();
    for (const slug of ['b', 'a']) await world.grant((await world.addWorkspace(unique(slug))).id, id);
    const { mcpServerDelete } = await plane.run(plane.adminKey, McpServerDeleteDocument, { id });
    expect(mcpServerDelete).toMatchObject({ deletedId: id, affectedWorkspaceCount: 2, userErrors: [] });
    expect(mcpServerDelete.affectedWorkspaces.map(({ slug }) => slug[0])).toEqual(['a', 'b']);
    expect((await plane.run(plane.adminKey, McpServerDocument, { id })).mcpServer).toBeNull();
  });

  it('succeeds for what is gone', async () => {
    const { mcpServerDelete } = await plane.run(plane.adminKey, McpServerDeleteDocument, { id: 'mcps_gone' });
    expect(mcpServerDelete).toMatchObject({ deletedId: 'mcps_gone', affectedWorkspaceCount: 0, snapshotRevision: null, userErrors: [] });
  });
});

describe('who sees a server', () => {
  it('shows a member what their workspaces have, and a manager also what they could bring in', async () => {
    const [own, other] = [await world.addWorkspace(), await world.addWorkspace()];
    const [granted, owned, elsewhere, free] = [
      await world.addServer({ slug: 'granted' }),
      await world.addServer({ slug: 'owned', workspaceId: own.id }),
      await world.addServer({ slug: 'elsewhere', workspaceId: other.id }),
      await world.addServer({ slug: 'free' }),
    ];
    await world.grant(own.id, granted.id);
    await world.grant(other.id, free.id);
    const member = await world.addPerson('MEMBER', { workspaceId: own.id, role: 'MEMBER' });
    const manager = await world.addPerson('MEMBER', { workspaceId: own.id, role: 'MANAGER' });
    const auditor = await world.addPerson('AUDITOR');
    const stranger = await (await HubWorld.create(plane)).addPerson('OWNER');

    const everything = [granted, owned, elsewhere, free];
    const seenBy = async (key: string) => {
      const answers = await Promise.all(everything.map(({ id }) => plane.run(key, McpServerDocument, { id })));
      return answers.flatMap(({ mcpServer }) => mcpServer?.slug ?? []);
    };
    const listedFor = async (key: string) =>
      (await plane.run(key, OrganizationMcpServersDocument, { id: world.organizationId })).organization?.mcpServers.nodes.map(
        ({ slug }) => slug,
      ) ?? [];
    for (const look of [seenBy, listedFor]) {
      expect(await look(member.key)).toEqual(['granted', 'owned']);
      expect(await look(manager.key)).toEqual(['granted', 'owned', 'free']);
      expect(await look(auditor.key)).toEqual(['granted', 'owned', 'elsewhere', 'free']);
      expect(await look(stranger.key)).toEqual([]);
    }
    const inWorkspace = await plane.run(member.key, WorkspaceMcpServersDocument, { id: own.id });
    expect(inWorkspace.workspace!.mcpServers.nodes.map(({ slug }) => slug)).toEqual(['granted', 'owned']);
  });

  it('pages through them in a stable order', async () => {
    for (const slug of ['s1', 's2', 's3', 's4', 's5']) await world.addServer({ slug });
    const seen: string[] = [];
    for (let after: string | null | undefined, more = true; more;) {
      const { organization } = await plane.run(plane.adminKey, OrganizationMcpServersDocument, {
        id: world.organizationId,
        first: 2,
        after,
      });
      const { nodes, pageInfo } = organization!.mcpServers;
      seen.push(...nodes.map(({ slug }) => slug));
      [after, more] = [pageInfo.endCursor, pageInfo.hasNextPage];
    }
    expect(seen).toEqual(['s1', 's2', 's3', 's4', 's5']);
  });
});

function draft(rest: Partial<McpServerCreateInput>): McpServerCreateInput {
  return { organizationId: world.organizationId, slug: unique('server'), name: 'Server', url: 'https://mcp.example/mcp', ...rest };
}

async function create(rest: Partial<McpServerCreateInput>, key = plane.adminKey) {
  return (await plane.run(key, McpServerCreateDocument, { input: draft(rest) })).mcpServerCreate;
}

async function update(id: string, input: McpServerUpdateInput, expectedVersion?: number, key = plane.adminKey) {
  return (await plane.run(key, McpServerUpdateDocument, { id, input, expectedVersion })).mcpServerUpdate;
}
