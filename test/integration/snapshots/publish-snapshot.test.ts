import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { GatewayReport } from '../../../contract/gateway-report.ts';
import { findSealingKeyId } from '../../../contract/sealed-secret.ts';
import type { WorkspaceDocument } from '../../../contract/snapshot.ts';
import { PublisherWorld, testRing } from './publisher-world.ts';

const WORKSPACES = 60;
const SERVERS = 50;
const WAIT = { timeout: 20_000, interval: 20 };

const SEED = `
  INSERT INTO organizations (id, slug, name, created_at, updated_at) VALUES ('org_1', 'org', 'Organization', now(), now());
  INSERT INTO workspaces (id, organization_id, slug, name, created_at, updated_at)
    SELECT 'ws_' || w, 'org_1', 'w' || w, 'Workspace', now(), now() FROM generate_series(1, ${WORKSPACES}) w;
  INSERT INTO users (id, organization_id, role, email, email_key, name, created_at, updated_at)
    SELECT 'usr_' || u, 'org_1', 'MEMBER', 'u' || u || '@example.com', 'u' || u || '@example.com', 'User', now(), now() FROM generate_series(1, 20) u;
  INSERT INTO workspace_members (id, workspace_id, user_id, role, created_at, updated_at)
    SELECT 'wm_' || w || '_' || u, 'ws_' || w, 'usr_' || u, 'MEMBER', now(), now() FROM generate_series(1, ${WORKSPACES}) w, generate_series(1, 2) u;
  INSERT INTO mcp_servers (id, organization_id, slug, name, url, canonical_url, transport, authentication, granularity, enabled, max_request_bytes, created_at, updated_at)
    SELECT 'mcps_' || s, 'org_1', 's' || s, 'Server', 'https://mcp.example', 'https://mcp.example/', 'STREAMABLE_HTTP', 'CUSTOM_HEADERS', 'USER', true, 4194304, now(), now()
    FROM generate_series(1, ${SERVERS}) s;
  INSERT INTO access_grants (id, workspace_id, mcp_server_id, enabled, default_user_access, created_at, updated_at)
    SELECT 'grant_' || w || '_' || s, 'ws_' || w, 'mcps_' || s, true, 'ALLOW', now(), now()
    FROM generate_series(1, ${WORKSPACES}) w, generate_series(1, ${SERVERS}) s;
  INSERT INTO connections (id, mcp_server_id, subject_kind, subject_id, shard, headers, sealed_headers, seal_key_id, created_at, updated_at)
    SELECT 'con_' || u, 'mcps_1', 'USER', 'usr_' || u, substr(encode(sha256(('usr_' || u)::bytea), 'hex'), 1, 1), '[]', 'sealed', 'k1', now(), now()
    FROM generate_series(1, 20) u`;

describe('publishing the snapshot', () => {
  let world: PublisherWorld;

  beforeEach(async () => {
    world = await PublisherWorld.open();
  });

  afterEach(() => world.close());

  it('publishes an empty hub as revision 0, so that data planes have something to run', async () => {
    await world.startPublisher();
    await published(0);
    expect((await world.readManifest(0)).documents).toEqual({});
  });

  it('publishes a hub of thousands of grants from nothing, and a change of one as its one document', async () => {
    await world.db.query(SEED);
    await world.startPublisher();
    await published(0);
    const before = await world.readManifest(0);
    const shards = Object.keys(before.documents).filter((name) => name.startsWith('connections:mcps_1:'));
    expect(shards.length).toBeGreaterThan(1);
    expect(Object.keys(before.documents)).toHaveLength(WORKSPACES + SERVERS + shards.length);
    expect(((await world.readDocument(before, 'workspace:ws_7')) as WorkspaceDocument).routes).toHaveLength(SERVERS);

    await world.change(`UPDATE access_grants SET default_user_access = 'DENY' WHERE id = 'grant_7_1'`, ['workspace:ws_7']);
    await published(1);
    const after = await world.readManifest(1);
    const changed = Object.keys(after.documents).filter((name) => after.documents[name] !== before.documents[name]);
    expect(changed).toEqual(['workspace:ws_7']);
    expect(await world.readDelta(1)).toMatchObject({
      from: 0,
      revision: 1,
      changed: { 'workspace:ws_7': after.documents['workspace:ws_7'] },
    });
    expect((await world.readDocument(after, 'workspace:ws_7')) as WorkspaceDocument).toMatchObject({
      routes: expect.arrayContaining([{ slug: 's1', serverId: 'mcps_1', grantId: 'grant_7_1', defaultUserAccess: 'DENY' }]) as unknown,
    });
    expect(await world.redis.ttl(world.keys.document(before.documents['workspace:ws_7']!))).toBeGreaterThan(0);
  });

  it('ships nothing for a touched document that came out the same, and still reaches the revision', async () => {
    await world.db.query(SEED);
    await world.startPublisher();
    await published(0);
    await world.change('', ['workspace:ws_1', 'server:mcps_1', 'workspace:ws_gone']);
    await published(1);
    expect((await world.readDelta(1)).changed).toEqual({});
  });

  it('drops the documents of what is disabled together with the routes to it', async () => {
    await world.db.query(SEED);
    await world.startPublisher();
    await published(0);
    const workspaces = Array.from({ length: WORKSPACES }, (_, index) => `workspace:ws_${index + 1}`);
    const shards = Object.keys((await world.readManifest(0)).documents).filter((name) => name.startsWith('connections:mcps_1:'));
    await world.change(`UPDATE mcp_servers SET enabled = false WHERE id = 'mcps_1'`, ['server:mcps_1', ...shards, ...workspaces]);
    await published(1);
    const { documents } = await world.readManifest(1);
    expect(Object.keys(documents).filter((name) => name.includes('mcps_1:') || name === 'server:mcps_1')).toEqual([]);
    expect(Object.keys(documents)).toHaveLength(WORKSPACES + SERVERS - 1);
  });

  it('publishes every revision of mutations that race, in order', async () => {
    await world.db.query(SEED);
    await world.startPublisher();
    await published(0);
    const clients = await Promise.all(Array.from({ length: 4 }, () => world.openClient()));
    const revisions = await Promise.all(
      clients.map(async (client, index) => {
        const own: number[] = [];
        for (let round = 0; round < 10; round += 1) {
          const sql = `UPDATE workspace_members SET role = CASE role WHEN 'MEMBER' THEN 'MANAGER' ELSE 'MEMBER' END WHERE id = 'wm_${index + 1}_1'`;
          own.push(await world.change(sql, [`workspace:ws_${index + 1}`], client));
        }
        return own;
      }),
    );
    expect(new Set(revisions.flat()).size).toBe(40);
    await published(40);
    // The pointer moves before the entries are taken out.
    const countWaiting = async () => (await world.db.query(`SELECT count(*)::int AS waiting FROM snapshot_outbox`)).rows;
    await expect.poll(countWaiting).toEqual([{ waiting: 0 }]);
  });

  it('lets another replica take over when the one that publishes dies', async () => {
    const first = await world.startPublisher();
    await vi.waitUntil(() => first.status.state === 'PUBLISHING', WAIT);
    const second = await world.startPublisher();
    await vi.waitUntil(() => second.status.state === 'STANDBY', WAIT);
    await first.stop();
    await world.change('', []);
    await vi.waitUntil(() => second.status.state === 'PUBLISHING', WAIT);
    await published(1);
  });

  it('finds its way back when PostgreSQL ends its connection', async () => {
    const publisher = await world.startPublisher();
    await vi.waitUntil(() => publisher.status.state === 'PUBLISHING', WAIT);
    await world.db.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'sluice-publisher' AND datname = current_database()`,
    );
    await world.change('', []);
    await published(1);
  });

  it('publishes what was committed while Redis was away', async () => {
    const publisher = await world.startPublisher();
    await published(0);
    world.gate.shut();
    await world.change('', []);
    await vi.waitUntil(() => publisher.status.state === 'FAILING', WAIT);
    expect(publisher.status.reason).toBeTruthy();
    await world.change('', []);
    world.gate.open();
    await published(2);
    await vi.waitUntil(() => publisher.status.state === 'PUBLISHING', WAIT);
  });

  it('publishes everything again, under the same revision, after Redis lost its data', async () => {
    await world.db.query(SEED);
    await world.startPublisher();
    await world.change('', ['workspace:ws_1']);
    await published(1);
    const { documents } = await world.readManifest(1);
    await world.emptyRedis();
    await published(1);
    const again = await world.readManifest(1);
    expect(again.documents).toEqual(documents);
    expect(await world.readDocument(again, 'workspace:ws_3')).toMatchObject({ id: 'ws_3' });
  });

  it('goes above a Redis that is ahead, as after a restored database', async () => {
    await world.startPublisher();
    await published(0);
    await world.redis.set(world.keys.revision(), 1_000);
    await published(1_001);
    expect(await world.change('', [])).toBe(1_002);
    await published(1_002);
  });

  it('goes above a data plane that is ahead, as after a restored database beside an empty Redis', async () => {
    await world.startPublisher();
    await published(0);
    const report: GatewayReport = {
      id: 'dp-1',
      host: 'host',
      version: '0.1.0',
      startedAtMs: 0,
      reportedAtMs: Date.now(),
      revision: 500,
      appliedAtMs: 0,
      source: 'LAST_GOOD_FILE',
      refused: null,
    };
    await world.redis.hset(world.keys.gateways(), report.id, JSON.stringify(report));
    await published(501);
  });

  it('does not publish a snapshot with a loose end, says so, and recovers with the next change', async () => {
    await world.db.query(SEED);
    const publisher = await world.startPublisher();
    await published(0);
    const shards = Object.keys((await world.readManifest(0)).documents).filter((name) => name.startsWith('connections:mcps_2:'));
    await world.change(`UPDATE mcp_servers SET enabled = false WHERE id = 'mcps_2'`, ['server:mcps_2', ...shards]);
    await vi.waitUntil(() => publisher.status.state === 'FAILING', WAIT);
    expect(publisher.status.reason).toMatch(/does not exist/);
    expect(await world.readRevision()).toBe(0);
    const { rows } = await world.db.query(`SELECT revision, failed_revision, failure FROM snapshot_publication`);
    expect(rows).toEqual([{ revision: 0, failed_revision: 1, failure: expect.stringMatching(/does not exist/) as unknown }]);

    await world.change(
      '',
      Array.from({ length: WORKSPACES }, (_, index) => `workspace:ws_${index + 1}`),
    );
    await published(2);
    expect((await world.readManifest(2)).documents).not.toHaveProperty('server:mcps_2');
    await vi.waitUntil(() => publisher.status.state === 'PUBLISHING', WAIT);
  });

  it('publishes anew when the sealing key has changed, so that readers find out whether they have it', async () => {
    const before = await world.startPublisher({ ring: testRing('k1') });
    await published(0);
    await before.stop();
    await world.startPublisher({ ring: testRing('k2', 'k1') });
    await published(1);
    expect(findSealingKeyId((await world.readManifest(1)).sealProbe)).toBe('k2');
  });

  it('compiles anew what another version has compiled', async () => {
    await world.db.query(SEED);
    const before = await world.startPublisher({ version: '1' });
    await published(0);
    await before.stop();
    await world.db.query(`UPDATE workspaces SET slug = 'renamed-by-hand' WHERE id = 'ws_1'`);
    await world.startPublisher({ version: '2' });
    await published(1);
    expect(await world.readDocument(await world.readManifest(1), 'workspace:ws_1')).toMatchObject({ slug: 'renamed-by-hand' });
  });

  async function published(revision: number): Promise<void> {
    await vi.waitFor(async () => expect(await world.readRevision()).toBe(revision), WAIT);
  }
});
