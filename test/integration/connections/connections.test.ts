import { Client } from 'pg';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { useSharedControlPlane, type TestControlPlane } from '../../support/control-plane.ts';
import {
  ConnectionBySubjectDocument,
  ConnectionCreateDocument,
  ConnectionDeleteDocument,
  ConnectionDocument,
  ConnectionUpdateDocument,
  McpServerConnectionsDocument,
  SubjectConnectionsDocument,
  type ConnectionCreateInput,
  type ConnectionHeaderInput,
  type McpGranularity,
} from '../../support/generated/graphql.ts';
import { HubWorld, unique, type HubPerson } from '../../support/hub-world.ts';

let plane: TestControlPlane;
let world: HubWorld;
let workspace: { id: string; slug: string };

beforeAll(async () => {
  plane = await useSharedControlPlane();
});
beforeEach(async () => {
  world = await HubWorld.create(plane);
  workspace = await world.addWorkspace();
});

describe('storing header values', () => {
  it.each(['ORGANIZATION', 'WORKSPACE', 'USER'] as const)(
    'takes the subject that the granularity %s asks for, and no other',
    async (granularity) => {
      const server = await addServer(granularity);
      const person = await world.addPerson();
      const subjects = { ORGANIZATION: world.organizationId, WORKSPACE: workspace.id, USER: person.id };
      for (const [kind, subjectId] of Object.entries(subjects)) {
        const { connection, userErrors } = await create({ mcpServerId: server.id, subjectId });
        if (kind === granularity)
          expect(connection).toMatchObject({ subjectKind: granularity, subjectId, mcpServer: { id: server.id }, version: 1 });
        else expect(userErrors).toMatchObject([{ code: 'INVALID', field: ['input', 'subjectId'] }]);
      }
    },
  );

  it('shows names, fingerprints and dates, and never a value', async () => {
    const server = await addServer('ORGANIZATION');
    const headers = [
      { name: 'X-Api-Key', value: 'top-secret-value' },
      { name: 'Authorization', value: 'Bearer top-secret-value' },
    ];
    const { connection } = await create({ mcpServerId: server.id, subjectId: world.organizationId, headers });
    expect(connection!.headers.map(({ name }) => name)).toEqual(['Authorization', 'X-Api-Key']);
    for (const { fingerprint } of connection!.headers) expect(fingerprint).toMatch(/^[\w-]{16}$/);
    expect((await plane.run(plane.adminKey, ConnectionDocument, { id: connection!.id })).connection).toEqual(connection);
    const natural = { mcpServerId: server.id, subjectId: world.organizationId };
    expect((await plane.run(plane.adminKey, ConnectionBySubjectDocument, natural)).connectionBySubject).toEqual(connection);
    expect(await dumpDatabase()).not.toContain('top-secret-value');
  });

  it('gives the same value different fingerprints in different places, so that it cannot be found out by comparing', async () => {
    const server = await addServer('USER');
    const fingerprints = [];
    for (const person of [await world.addPerson(), await world.addPerson()]) {
      const { connection } = await create({ mcpServerId: server.id, subjectId: person.id });
      fingerprints.push(connection!.headers[0]!.fingerprint);
    }
    expect(new Set(fingerprints).size).toBe(2);
  });

  it('reports every fault of the headers together, and repeats no value', async () => {
    const server = await addServer('ORGANIZATION');
    const headers = [
      { name: 'Host', value: 'evil.example' },
      { name: 'X-Good', value: 'fine' },
      { name: 'x-good', value: 'fine' },
      { name: 'X-Bad', value: 'split\r\nX-Evil: 1' },
      { name: 'X-Missing' },
    ];
    const { userErrors } = await create({ mcpServerId: server.id, subjectId: world.organizationId, headers });
    expect(userErrors.map(({ field }) => field!.slice(2).join('.'))).toEqual(['0.name', '2.name', '3.value', '4.value']);
    expect(JSON.stringify(userErrors)).not.toContain('X-Evil');
  });

  it('takes the headers that the server wants, and no others', async () => {
    const server = await world.addServer({ authentication: 'CUSTOM_HEADERS', headerNames: ['X-Api-Key', 'X-Account'] });
    const enter = (names: readonly string[]) =>
      create({ mcpServerId: server.id, subjectId: world.organizationId, headers: names.map((name) => ({ name, value: 'v' })) });
    for (const names of [['X-Api-Key'], ['X-Api-Key', 'X-Account', 'X-More']]) {
      expect((await enter(names)).userErrors).toMatchObject([{ code: 'INVALID', field: ['input', 'headers'] }]);
    }
    expect((await enter(['x-account', 'x-api-key'])).userErrors).toEqual([]);
  });

  it('limits count and size', async () => {
    const server = await addServer('ORGANIZATION');
    const place = { mcpServerId: server.id, subjectId: world.organizationId };
    const many = Array.from({ length: 33 }, (_, index) => ({ name: `X-${index}`, value: 'x' }));
    const large = [1, 2].map((index) => ({ name: `X-${index}`, value: 'x'.repeat(8_000) }));
    expect((await create({ ...place, headers: many })).userErrors).toMatchObject([{ code: 'LIMIT_REACHED', field: ['input', 'headers'] }]);
    expect((await create({ ...place, headers: large })).userErrors).toMatchObject([{ code: 'LIMIT_REACHED', field: ['input', 'headers'] }]);
    expect((await create({ ...place, headers: [] })).userErrors).toMatchObject([{ code: 'INVALID', field: ['input', 'headers'] }]);
  });

  it('refuses a server that takes none', async () => {
    const server = await world.addServer({ authentication: 'NONE' });
    const { userErrors } = await create({ mcpServerId: server.id, subjectId: world.organizationId });
    expect(userErrors).toMatchObject([{ code: 'INVALID', field: ['input', 'mcpServerId'] }]);
  });

  it('answers TAKEN for a second one, and the first answer to a repeated request', async () => {
    const server = await addServer('ORGANIZATION');
    const input = { mcpServerId: server.id, subjectId: world.organizationId, headers: [{ name: 'X-Key', value: 'one' }] };
    const idempotencyKey = unique('once');
    const { connectionCreate: first } = await plane.run(plane.adminKey, ConnectionCreateDocument, { input, idempotencyKey });
    expect((await plane.run(plane.adminKey, ConnectionCreateDocument, { input, idempotencyKey })).connectionCreate).toEqual(first);
    const other = { ...input, headers: [{ name: 'X-Key', value: 'two' }] };
    const reused = (await plane.run(plane.adminKey, ConnectionCreateDocument, { input: other, idempotencyKey })).connectionCreate;
    expect(reused.userErrors).toMatchObject([{ code: 'IDEMPOTENCY_KEY_REUSED' }]);
    expect((await create(input)).userErrors).toMatchObject([{ code: 'TAKEN', field: ['input', 'subjectId'] }]);
  });
});

describe('changing stored values', () => {
  it('replaces the whole set, keeps values that are not repeated, and dates what changed', async () => {
    const server = await addServer('ORGANIZATION');
    const headers = [
      { name: 'X-Drop', value: 'dropped' },
      { name: 'X-Keep', value: 'kept' },
      { name: 'X-Rotate', value: 'old' },
    ];
    const { connection } = await create({ mcpServerId: server.id, subjectId: world.organizationId, headers });
    const [, keep, rotate] = connection!.headers;
    const changed = await update(connection!.id, [{ name: 'x-keep' }, { name: 'X-Rotate', value: 'fresh' }]);
    expect(changed.connection!.headers).toEqual([
      { ...keep, name: 'x-keep' },
      {
        name: 'X-Rotate',
        fingerprint: expect.not.stringMatching(rotate!.fingerprint) as unknown,
        updatedAt: expect.any(String) as unknown,
      },
    ]);
    expect(changed.connection!.version).toBe(2);
    const missing = await update(connection!.id, [{ name: 'X-Unknown' }]);
    expect(missing.userErrors).toMatchObject([{ code: 'INVALID', field: ['input', 'headers', '0', 'value'] }]);
    expect((await update(connection!.id, [{ name: 'X-Late', value: 'late' }], 1)).userErrors).toMatchObject([{ code: 'STALE_VERSION' }]);
  });

  it('deletes, and deleting what is gone succeeds', async () => {
    const server = await addServer('ORGANIZATION');
    const { connection } = await create({ mcpServerId: server.id, subjectId: world.organizationId });
    const { id } = connection!;
    expect((await remove(plane.adminKey, id)).snapshotRevision).toBeGreaterThan(0);
    expect((await plane.run(plane.adminKey, ConnectionDocument, { id })).connection).toBeNull();
    expect(await remove(plane.adminKey, id)).toEqual({ deletedId: id, snapshotRevision: null, userErrors: [] });
  });
});

describe("whose business a person's values are", () => {
  let server: { id: string };
  let person: HubPerson;
  let colleague: HubPerson;
  let admin: HubPerson;

  beforeEach(async () => {
    server = await addServer('USER');
    await world.grant(workspace.id, server.id);
    person = await world.addPerson('MEMBER', { workspaceId: workspace.id, role: 'MEMBER' });
    colleague = await world.addPerson('MEMBER', { workspaceId: workspace.id, role: 'MANAGER' });
    admin = await world.addPerson('ADMIN');
  });

  it('lets the person alone enter and change them', async () => {
    for (const other of [colleague, admin]) {
      expect(await learn(other.key, { mcpServerId: server.id, subjectId: person.id })).toBe('FORBIDDEN');
    }
    const { connection } = await create({ mcpServerId: server.id, subjectId: person.id }, person.key);
    const answer = await plane.send(admin.key, ConnectionUpdateDocument.toString(), {
      id: connection!.id,
      input: { headers: [{ name: 'X', value: 'x' }] },
    });
    expect(answer.errors[0]?.extensions.code).toBe('FORBIDDEN');
    expect((await update(connection!.id, [{ name: 'X', value: 'x' }], undefined, person.key)).userErrors).toEqual([]);
  });

  it('lets an administrator see that they exist and delete them; a colleague learns nothing', async () => {
    const { connection } = await create({ mcpServerId: server.id, subjectId: person.id }, person.key);
    const { id } = connection!;
    expect((await plane.run(colleague.key, ConnectionDocument, { id })).connection).toBeNull();
    expect(await listedFor(colleague.key)).toEqual([]);
    expect(await listedFor(person.key)).toEqual([person.id]);
    expect(await listedFor(admin.key)).toEqual([person.id]);
    for (const { key } of [person, admin]) expect(await listOf(person.id, key)).toEqual([id]);
    expect(await listOf(person.id, colleague.key)).toEqual([]);
    expect(await remove(colleague.key, id)).toMatchObject({ deletedId: id, snapshotRevision: null });
    expect((await plane.run(person.key, ConnectionDocument, { id })).connection).not.toBeNull();
    expect((await remove(admin.key, id)).snapshotRevision).toBeGreaterThan(0);
  });

  it('answers the same for a person who does not exist', async () => {
    expect(await learn(colleague.key, { mcpServerId: server.id, subjectId: 'usr_nobody' })).toBe('FORBIDDEN');
  });

  async function listedFor(key: string) {
    return (await plane.run(key, McpServerConnectionsDocument, { id: server.id })).mcpServer!.connections.nodes.map(
      ({ subjectId }) => subjectId,
    );
  }
});

describe("whose business a workspace's values are", () => {
  it("is its managers' and the administrators', and nobody else's", async () => {
    const server = await addServer('WORKSPACE');
    const other = await world.addWorkspace();
    for (const { id } of [workspace, other]) await world.grant(id, server.id);
    const manager = await world.addPerson('MEMBER', { workspaceId: workspace.id, role: 'MANAGER' });
    const member = await world.addPerson('MEMBER', { workspaceId: workspace.id, role: 'MEMBER' });
    const place = { mcpServerId: server.id, subjectId: workspace.id };
    expect(await learn(member.key, place)).toBe('FORBIDDEN');
    expect(await learn(manager.key, { ...place, subjectId: other.id })).toBe('NOT_FOUND');
    expect(await learn(manager.key, { ...place, subjectId: 'ws_nothing' })).toBe('NOT_FOUND');
    expect(await learn(manager.key, place)).toBe('stored');
    expect(await learn(plane.adminKey, { ...place, subjectId: other.id })).toBe('stored');
    expect(await listOf(workspace.id, manager.key)).toHaveLength(1);
    expect(await listOf(workspace.id, member.key)).toEqual([]);
  });
});

function addServer(granularity: McpGranularity) {
  return world.addServer({ authentication: 'CUSTOM_HEADERS', granularity });
}

type Place = Pick<ConnectionCreateInput, 'mcpServerId' | 'subjectId'>;

async function create(rest: Place & Partial<ConnectionCreateInput>, key = plane.adminKey) {
  const input = { headers: [{ name: 'X-Api-Key', value: 'value' }], ...rest };
  return (await plane.run(key, ConnectionCreateDocument, { input })).connectionCreate;
}

/** The ids of the connections of a workspace or a person, for a caller. */
async function listOf(id: string, key: string): Promise<readonly string[]> {
  const { node } = await plane.run(key, SubjectConnectionsDocument, { id });
  return node !== null && 'connections' in node ? node.connections.nodes.map((connection) => connection.id) : [];
}

/** What a caller learns who tries to store a credential. */
async function learn(key: string, place: Place): Promise<string> {
  const input = { ...place, headers: [{ name: 'X-Api-Key', value: 'value' }] };
  const { data, errors } = await plane.send<{ connectionCreate: { userErrors: { code: string }[] } }>(
    key,
    ConnectionCreateDocument.toString(),
    { input },
  );
  return errors[0]?.extensions.code ?? data?.connectionCreate.userErrors[0]?.code ?? 'stored';
}

async function update(id: string, headers: ConnectionHeaderInput[], expectedVersion?: number, key = plane.adminKey) {
  return (await plane.run(key, ConnectionUpdateDocument, { id, input: { headers }, expectedVersion })).connectionUpdate;
}

async function remove(key: string, id: string) {
  return (await plane.run(key, ConnectionDeleteDocument, { id })).connectionDelete;
}

/** Everything that the tables hold, as text. */
async function dumpDatabase(): Promise<string> {
  const client = new Client({ connectionString: plane.databaseUrl });
  await client.connect();
  const { rows: tables } = await client.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`,
  );
  const texts = [];
  for (const { name } of tables) texts.push(JSON.stringify((await client.query(`SELECT * FROM ${name}`)).rows));
  await client.end();
  return texts.join('\n');
}
