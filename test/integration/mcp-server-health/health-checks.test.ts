import 'reflect-metadata';
import type { MikroORM } from '@mikro-orm/postgresql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../control-plane/database/open-database.ts';
import { batchHealth } from '../../../control-plane/mcp-server-health/health-queries.ts';
import { HealthChecks } from '../../../control-plane/mcp-server-health/index.ts';
import type { UpstreamPlace } from '../../../control-plane/mcp-server-probes/index.ts';
import { openLogger } from '../../../foundation/logger.ts';
import type { TestDatabase } from '../../support/postgres-admin.ts';
import { createTestDatabase } from '../../support/test-database.ts';

const INTERVAL_MS = 300_000;
const SERVERS = 30;
const SEED = `
  INSERT INTO organizations (id, slug, name, created_at, updated_at) VALUES ('org_1', 'org', 'Organization', now(), now());
  INSERT INTO mcp_servers (id, organization_id, slug, name, url, canonical_url, transport, authentication, granularity, enabled, max_request_bytes, created_at, updated_at)
    SELECT 'mcps_' || n, 'org_1', 's' || n, 'Server', 'https://mcp.example', 'https://mcp.example/' || n, 'STREAMABLE_HTTP', 'NONE', 'USER', true, 4194304, now(), now()
    FROM generate_series(1, ${SERVERS}) n`;

let database: TestDatabase;
let orm: MikroORM;
let nowMs: number;
let asked: string[];

beforeEach(async () => {
  database = await createTestDatabase();
  orm = await openDatabase(database.url);
  await orm.em.execute(SEED);
  nowMs = Date.parse('2026-11-25T12:00:00Z');
  asked = [];
});
afterEach(async () => {
  await orm.close();
  await database.drop();
});

function checks(check: (place: UpstreamPlace) => string | undefined | Promise<string | undefined> = () => undefined): HealthChecks {
  return new HealthChecks({
    em: orm.em,
    clock: { nowMs: () => nowMs },
    logger: openLogger({ service: 'control-plane', level: 'silent' }),
    intervalMs: INTERVAL_MS,
    check: async (place) => {
      asked.push(place.url);
      return check(place);
    },
  });
}

async function read(id = 'mcps_1') {
  return (await batchHealth(orm.em.fork(), [id]))[0];
}

describe('checks of upstreams', () => {
  it('look at every enabled server once, and again when the time has come', async () => {
    await orm.em.execute(`UPDATE mcp_servers SET enabled = false WHERE id = 'mcps_2'`);
    expect(await read()).toMatchObject({ state: 'UNKNOWN', checkedAt: null, lastSuccessAt: null, lastError: null });
    await checks().run();
    await checks().run();
    expect(asked).toHaveLength(SERVERS - 1);
    expect(await read()).toMatchObject({ state: 'HEALTHY', checkedAt: new Date(nowMs), lastSuccessAt: new Date(nowMs), lastError: null });
    nowMs += INTERVAL_MS * 0.7;
    await checks().run();
    expect(asked).toHaveLength(SERVERS - 1);
    nowMs += INTERVAL_MS * 0.6;
    await checks().run();
    expect(asked).toHaveLength(2 * (SERVERS - 1));
  });

  it('are spread over the time instead of coming all at once', async () => {
    await checks().run();
    const [{ times }] = await orm.em.execute<[{ times: string }]>(`SELECT count(DISTINCT next_check_at) AS times FROM mcp_server_health`);
    expect(Number(times)).toBeGreaterThan(SERVERS / 2);
  });

  it('are shared by replicas that look at the same time', async () => {
    await Promise.all([checks().run(), checks().run(), checks().run()]);
    expect(asked.toSorted()).toEqual([...new Set(asked)].toSorted());
    expect(asked).toHaveLength(SERVERS);
  });

  it('ask a few at once, not all', async () => {
    let [open, most] = [0, 0];
    await checks(async () => {
      most = Math.max(most, ++open);
      await new Promise((resolve) => setImmediate(resolve));
      open--;
      return undefined;
    }).run();
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(8);
  });

  it('say what is wrong, keep the last success, and look sooner for what is gone', async () => {
    await checks().run();
    const firstMs = nowMs;
    nowMs += INTERVAL_MS * 1.3;
    await checks(() => 'No connection.').run();
    const failed = { state: 'UNHEALTHY', checkedAt: new Date(nowMs), lastSuccessAt: new Date(firstMs), lastError: 'No connection.' };
    expect(await read()).toMatchObject(failed);
    nowMs += INTERVAL_MS * 0.3;
    await checks().run();
    expect(await read()).toMatchObject({ state: 'HEALTHY', lastError: null });
  });

  it('begin anew when the address changes, and drop what was found out about the old one', async () => {
    const move = `UPDATE mcp_servers SET canonical_url = 'https://moved.example/' WHERE id = 'mcps_1'`;
    await checks(async ({ url }) => {
      if (!url.endsWith('/1')) return undefined;
      await orm.em.fork().execute(move);
      return 'No connection.';
    }).run();
    await checks().run();
    expect(asked.filter((url) => url === 'https://moved.example/')).toHaveLength(1);
    expect(await read()).toMatchObject({ state: 'HEALTHY', lastError: null });
    await orm.em.execute(`UPDATE mcp_servers SET transport = 'SSE' WHERE id = 'mcps_1'`);
    expect(await read()).toMatchObject({ state: 'UNKNOWN', lastSuccessAt: null });
  });

  it('are taken over when a replica dies in the middle of one', async () => {
    const { promise: never } = Promise.withResolvers<undefined>();
    void checks(() => never).run();
    await expect.poll(() => asked.length).toBe(8);
    await checks().run();
    expect(asked).toHaveLength(SERVERS);
    nowMs += 130_000;
    await checks().run();
    expect(asked).toHaveLength(SERVERS + 8);
  });

  it('note nothing that was cut short by the end of the process', async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const stopped = checks(() => promise);
    const running = stopped.run();
    await expect.poll(() => asked.length).toBe(8);
    const stopping = stopped.stop();
    resolve('The connection was destroyed.');
    await Promise.all([running, stopping]);
    const rows = await orm.em.execute(`SELECT 1 FROM mcp_server_health WHERE state = 'UNHEALTHY'`);
    expect(rows).toEqual([]);
  });
});
