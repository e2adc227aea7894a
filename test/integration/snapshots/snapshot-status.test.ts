import { Redis } from 'ioredis';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { GatewayReport } from '../../../contract/gateway-report.ts';
import { RedisKeys } from '../../../contract/redis-keys.ts';
import { ManifestSchema } from '../../../contract/snapshot.ts';
import { startTestControlPlane, type OwnControlPlane } from '../../support/control-plane.ts';
import {
  ConnectionCreateDocument,
  GatewaysDocument,
  McpServerDisableDocument,
  SnapshotStatusDocument,
  UserDeleteDocument,
  WorkspaceDeleteDocument,
} from '../../support/generated/graphql.ts';
import { HubWorld } from '../../support/hub-world.ts';

const WAIT = { timeout: 20_000, interval: 20 };

let plane: OwnControlPlane;
let redis: Redis;
let keys: RedisKeys;
let world: HubWorld;

beforeAll(async () => {
  plane = await startTestControlPlane();
  redis = new Redis(plane.redisUrl);
  keys = new RedisKeys(plane.gateway);
});
beforeEach(async () => {
  world = await HubWorld.create(plane);
});
afterEach(async () => {
  await redis.del(keys.gateways());
});
afterAll(async () => {
  redis.disconnect();
  await plane.stop();
});

describe('the state of the gateways', () => {
  it('lists the processes that live, with what they run and refused', async () => {
    await report('dp-2', {
      revision: null,
      appliedAtMs: null,
      source: null,
      refused: { revision: 9, reason: 'newer format', refusedAtMs: 1 },
    });
    await report('dp-1', { revision: 3 });
    await report('dp-gone', { reportedAtMs: Date.now() - 60_000 });
    const { gateways } = await plane.run(plane.adminKey, GatewaysDocument, {});
    expect(gateways).toMatchObject([
      { id: 'dp-1', host: 'host-1', version: '0.1.0', revision: 3, source: 'REDIS', refused: null },
      { id: 'dp-2', revision: null, appliedAt: null, source: null, refused: { revision: 9, reason: 'newer format' } },
    ]);
  });
});

describe('the status of a revision', () => {
  it('is not enforced while no process is known', async () => {
    const revision = await change();
    await published(revision);
    expect(await ask(revision)).toEqual({ revision, publishedRevision: revision, isEnforced: false, lagging: [], failure: null });
  });

  it('names those that lag, and is enforced once all of them run it', async () => {
    const revision = await change();
    await published(revision);
    await report('dp-1', { revision });
    await report('dp-2', { revision: revision - 1 });
    expect(await ask(revision)).toMatchObject({ isEnforced: false, lagging: [{ id: 'dp-2', revision: revision - 1 }] });
    await report('dp-2', { revision: revision + 1 });
    expect(await ask(revision)).toMatchObject({ isEnforced: true, lagging: [] });
  });

  it('is waited for', async () => {
    const revision = await change();
    await report('dp-1', { revision: revision - 1 });
    const waiting = Promise.all([ask(revision, 20_000), ask(revision, 20_000)]);
    await report('dp-1', { revision });
    expect(await waiting).toMatchObject([{ isEnforced: true }, { isEnforced: true }]);
  });

  it('is answered when the time is up', async () => {
    const revision = await change();
    await report('dp-1', { revision: revision - 1 });
    expect(await ask(revision, 50)).toMatchObject({ isEnforced: false, lagging: [{ id: 'dp-1' }] });
  });

  it('takes no longer timeout than a minute', async () => {
    const { errors } = await plane.send(plane.adminKey, '{ snapshotStatus(revision: 1, timeoutMs: 60001) { isEnforced } }');
    expect(errors[0]?.extensions.code).toBe('BAD_REQUEST');
  });

  it('says why a revision is not published, and does not wait for it', async () => {
    const workspace = await world.addWorkspace();
    const server = await world.addServer();
    await world.grant(workspace.id, server.id);
    const { mcpServerDisable } = await plane.run(plane.adminKey, McpServerDisableDocument, { id: server.id });
    await published(mcpServerDisable.snapshotRevision!);
    // A route to a server that is not there: only a mistake in the control plane could make it.
    const broken = await sql(
      `WITH server AS (UPDATE mcp_servers SET enabled = true WHERE id = $1),
            next AS (UPDATE snapshot_state SET revision = revision + 1 RETURNING revision),
            entry AS (INSERT INTO snapshot_outbox (revision, documents) SELECT revision, ARRAY[$2] FROM next)
       SELECT revision, pg_notify('sluice_snapshot', '') FROM next`,
      [server.id, `workspace:${workspace.id}`],
    );
    const status = await ask(broken, 20_000);
    expect(status).toMatchObject({ publishedRevision: mcpServerDisable.snapshotRevision, isEnforced: false });
    expect(status.failure).toMatch(/inconsistent.*stays in force/);
    const healed = await sql(
      `WITH next AS (UPDATE snapshot_state SET revision = revision + 1 RETURNING revision),
            entry AS (INSERT INTO snapshot_outbox (revision, documents) SELECT revision, ARRAY[$1] FROM next)
       SELECT revision, pg_notify('sluice_snapshot', '') FROM next`,
      [`server:${server.id}`],
    );
    await published(healed);
    expect(await ask(broken)).toMatchObject({ publishedRevision: healed, failure: null });
  });
});

describe('what is published', () => {
  it('loses the credentials of a person and of a workspace together with them', async () => {
    const workspace = await world.addWorkspace();
    const person = await world.addPerson();
    const ofPeople = await world.addServer({ authentication: 'CUSTOM_HEADERS', granularity: 'USER' });
    const ofWorkspaces = await world.addServer({ authentication: 'CUSTOM_HEADERS', granularity: 'WORKSPACE' });
    const owned = await world.addServer({ authentication: 'CUSTOM_HEADERS', granularity: 'WORKSPACE', workspaceId: workspace.id });
    await connect(ofPeople.id, person.id);
    await connect(ofWorkspaces.id, workspace.id);
    await published(await connect(owned.id, workspace.id));
    const servers = [ofPeople, ofWorkspaces, owned];
    const listed = async () => {
      const names = Object.keys(await readDocuments());
      return servers.map(({ id }) => names.some((name) => name.startsWith(`connections:${id}:`)));
    };
    expect(await listed()).toEqual([true, true, true]);

    const { userDelete } = await plane.run(plane.adminKey, UserDeleteDocument, { id: person.id });
    await published(userDelete.snapshotRevision!);
    expect(await listed()).toEqual([false, true, true]);

    const { workspaceDelete } = await plane.run(plane.adminKey, WorkspaceDeleteDocument, { id: workspace.id });
    await published(workspaceDelete.snapshotRevision!);
    expect(await listed()).toEqual([false, false, false]);
    expect(await readDocuments()).not.toHaveProperty(`server:${owned.id}`);
  });
});

async function change(): Promise<number> {
  const server = await world.addServer();
  return (await plane.run(plane.adminKey, McpServerDisableDocument, { id: server.id })).mcpServerDisable.snapshotRevision!;
}

async function connect(mcpServerId: string, subjectId: string): Promise<number> {
  const input = { mcpServerId, subjectId, headers: [{ name: 'X-Key', value: 'value' }] };
  return (await plane.run(plane.adminKey, ConnectionCreateDocument, { input })).connectionCreate.snapshotRevision!;
}

async function ask(revision: number, timeoutMs = 0) {
  return (await plane.run(plane.adminKey, SnapshotStatusDocument, { revision, timeoutMs })).snapshotStatus;
}

async function published(revision: number): Promise<void> {
  await vi.waitFor(async () => expect(Number(await redis.get(keys.revision()))).toBeGreaterThanOrEqual(revision), WAIT);
}

async function readDocuments(): Promise<Readonly<Record<string, string>>> {
  const revision = Number(await redis.get(keys.revision()));
  return ManifestSchema.parse(JSON.parse((await redis.get(keys.manifest(revision))) ?? '')).documents;
}

async function report(id: string, rest: Partial<GatewayReport>): Promise<void> {
  const now = Date.now();
  const base = { id, host: 'host-1', version: '0.1.0', startedAtMs: now, reportedAtMs: now, revision: 0, appliedAtMs: now };
  const whole: GatewayReport = { ...base, source: 'REDIS', refused: null, ...rest };
  await redis.hset(keys.gateways(), id, JSON.stringify(whole));
}

async function sql(text: string, values: unknown[]): Promise<number> {
  const client = new Client({ connectionString: plane.databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ revision: number }>(text, values);
  await client.end();
  return rows[0]!.revision;
}
