import { randomBytes } from 'node:crypto';
import { createClient } from 'graphql-sse';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KeyRing } from '../../../contract/key-ring.ts';
import { startTestControlPlane, type OwnControlPlane } from '../../support/control-plane.ts';
import { eventually } from '../../support/eventually.ts';
import { buildWalkWorld, type WalkWorld } from '../authorization/role-walk-world.ts';

let first: OwnControlPlane;
let second: OwnControlPlane;
let world: WalkWorld;

beforeAll(async () => {
  const keyRing = KeyRing.parse(`test:${randomBytes(32).toString('base64')}`);
  first = await startTestControlPlane({ keyRing });
  second = await startTestControlPlane({ keyRing, databaseUrl: first.databaseUrl, bootstrapAdminKey: undefined });
  world = await buildWalkWorld(first);
});
afterAll(async () => {
  await second.stop();
  await first.stop();
});

interface Change {
  readonly kind: string;
  readonly id: string;
  readonly action: string;
  readonly snapshotRevision: number | null;
}

const QUERY = 'subscription ($organizationId: ID!) { changes(organizationId: $organizationId) { kind id action snapshotRevision } }';

/** Follows by the client that the console uses. */
async function follow(plane: OwnControlPlane, key: string | undefined, query = QUERY) {
  const seen: Change[] = [];
  const faults: { message: string; extensions?: { code?: string } }[] = [];
  let end: 'open' | 'completed' | 'failed' = 'open';
  const client = createClient({
    url: `${plane.url}/graphql/stream`,
    retryAttempts: 0,
    headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
  });
  let isOpen: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (isOpen = resolve));
  const stop = client.subscribe<{ changes: Change }>(
    { query, variables: { organizationId: world.organization.id } },
    {
      next({ data, errors }) {
        if (data?.changes !== undefined) seen.push(data.changes);
        faults.push(...((errors ?? []) as unknown as typeof faults));
      },
      error() {
        end = 'failed';
        isOpen();
      },
      complete() {
        end = 'completed';
        isOpen();
      },
    },
    { connected: () => isOpen() },
  );
  await opened;
  return { seen, faults, stop, end: () => end };
}

const DELETE = 'mutation ($id: ID!) { mcpServerDelete(id: $id) { userErrors { code } } }';

/** Workspaces that have a server, as many as it would take too long to make by the API. */
async function addWorkspacesWith(serverId: string, count: number): Promise<void> {
  const client = new Client({ connectionString: first.databaseUrl });
  await client.connect();
  const prefix = randomBytes(4).toString('hex');
  await client.query(
    `INSERT INTO workspaces (id, organization_id, slug, name, version, created_at, updated_at)
     SELECT 'ws_${prefix}' || n, $1, '${prefix}-' || n, 'One of many', 1, now(), now() FROM generate_series(1, $2::int) AS n`,
    [world.organization.id, count],
  );
  await client.query(
    `INSERT INTO access_grants (id, workspace_id, mcp_server_id, enabled, default_user_access, version, created_at, updated_at)
     SELECT 'grant_${prefix}' || n, 'ws_${prefix}' || n, $1, true, 'ALLOW', 1, now(), now() FROM generate_series(1, $2::int) AS n`,
    [serverId, count],
  );
  await client.end();
}

function renameServer(id: string) {
  return first.send(
    first.adminKey,
    'mutation ($id: ID!) { mcpServerUpdate(id: $id, input: { name: "Renamed" }) { userErrors { code } } }',
    { id },
  );
}

function rename(plane: OwnControlPlane, key: string | undefined, name: string) {
  return plane.send<{ mcpServerUpdate: { snapshotRevision: number } }>(
    key,
    'mutation ($id: ID!, $name: String!) { mcpServerUpdate(id: $id, input: { name: $name }) { snapshotRevision userErrors { code } } }',
    { id: world.server.id, name },
  );
}

describe('changes', () => {
  it('tell a follower on one control plane what is changed through another, with its revision', async () => {
    const here = await follow(first, world.keys.auditor);
    const there = await follow(second, world.keys.owner);
    await eventually(async () => {
      const { data } = await rename(first, world.keys.owner, `Renamed ${here.seen.length} ${Math.random()}`);
      const wanted = {
        kind: 'McpServer',
        id: world.server.id,
        action: 'mcpServerUpdate',
        snapshotRevision: data!.mcpServerUpdate.snapshotRevision,
      };
      await eventually(async () => {
        expect(here.seen).toContainEqual(wanted);
        expect(there.seen).toContainEqual(wanted);
      });
    });
    here.stop();
    there.stop();
  });

  it('are seen as far as the caller sees what was changed', async () => {
    const [owner, member, manager, elsewhere, stranger] = await Promise.all(
      ([world.keys.owner, world.keys.member, world.keys.manager, world.keys.managerElsewhere, world.keys.ownerOfAnother] as const).map(
        (key) => follow(first, key),
      ),
    );
    await world.addKey();
    const membership = await world.addGrant((await world.addServer()).id);
    await eventually(async () => expect(owner!.seen.map(({ id }) => id)).toContain(membership));
    await eventually(async () => expect(member!.seen.map(({ kind }) => kind)).toEqual(['AccessGrant']));
    await eventually(async () => expect(manager!.seen.map(({ kind }) => kind)).toEqual(['ApiKey', 'McpServer', 'AccessGrant']));
    // Whoever manages a workspace may bring in what the organization owns.
    expect(elsewhere!.seen.map(({ kind }) => kind)).toEqual(['McpServer']);
    expect(stranger!.seen).toEqual([]);
    for (const follower of [owner, member, manager, elsewhere, stranger]) follower!.stop();
  });

  it('of a server that the organization owns are seen in the workspaces that have it, also that it is gone, and in no others', async () => {
    const [owner, member, stranger] = await Promise.all(
      ([world.keys.owner, world.keys.member, world.keys.memberWithoutSeat] as const).map((key) => follow(second, key)),
    );
    const [shared, other] = [await world.addServer(), await world.addServer()];
    await world.addGrant(shared.id);
    await addWorkspacesWith(shared.id, 250);
    for (const { id } of [other, shared]) await renameServer(id);
    for (const { id } of [other, shared]) await first.send(first.adminKey, DELETE, { id });
    const ofServers = (seen: readonly Change[]) => seen.filter(({ kind }) => kind === 'McpServer').map(({ id, action }) => [action, id]);
    await eventually(async () => expect(owner!.seen.at(-1)).toMatchObject({ action: 'mcpServerDelete', id: shared.id }));
    await eventually(async () => {
      expect(ofServers(member!.seen)).toEqual([
        ['mcpServerUpdate', shared.id],
        ['mcpServerDelete', shared.id],
      ]);
    });
    // Each of them once, however many workspaces have the server.
    expect(ofServers(owner!.seen)).toHaveLength(6);
    expect(stranger!.seen).toEqual([]);
    for (const follower of [owner, member, stranger]) follower!.stop();
  });

  it('end at once for whoever loses the right', async () => {
    const person = await world.addPerson('AUDITOR');
    const { data } = await first.send<{ apiKeyCreate: { plainKey: string; apiKey: { id: string } } }>(
      first.adminKey,
      `mutation ($input: ApiKeyCreateInput!) { apiKeyCreate(input: $input) { plainKey apiKey { id } userErrors { code } } }`,
      { input: { kind: 'USER', userId: person.id, name: 'key', scopes: ['API_READ'] } },
    );
    const follower = await follow(second, data!.apiKeyCreate.plainKey);
    expect(follower.end()).toBe('open');
    await first.send(first.adminKey, 'mutation ($id: ID!) { apiKeyRevoke(id: $id) { userErrors { code } } }', data!.apiKeyCreate.apiKey);
    await eventually(async () => expect(follower.end()).toBe('failed'));
    const again = await follow(second, data!.apiKeyCreate.plainKey);
    expect(again.end()).toBe('failed');
  });

  it('are refused like queries: without a key, with a query, beyond the limits, beyond the count', async () => {
    expect((await follow(first, undefined)).end()).toBe('failed');
    const query = await follow(first, world.keys.owner, '{ viewer { kind } }');
    await eventually(async () => expect([query.end(), query.faults[0]?.extensions?.code]).toEqual(['completed', 'BAD_REQUEST']));
    const wide = `subscription ($organizationId: ID!) { changes(organizationId: $organizationId) { ${Array.from({ length: 60 }, (_, index) => `a${index}: id`).join(' ')} } }`;
    const limited = await follow(first, world.keys.owner, wide);
    await eventually(async () => expect([limited.end(), limited.faults[0]?.extensions?.code]).toEqual(['completed', 'BAD_REQUEST']));
    const foreign = await follow(first, world.keys.memberWithoutSeat);
    const followers = await Promise.all(Array.from({ length: 20 }, () => follow(first, world.keys.admin)));
    expect((await follow(first, world.keys.admin)).end()).toBe('failed');
    for (const follower of [...followers, foreign]) follower.stop();
    await eventually(async () => {
      const free = await follow(first, world.keys.admin);
      expect(free.end()).toBe('open');
      free.stop();
    });
  });
});
