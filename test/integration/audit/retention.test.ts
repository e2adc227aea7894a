import type { MikroORM } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { AuditUpkeep } from '../../../control-plane/audit/index.ts';
import { openDatabase } from '../../../control-plane/database/open-database.ts';
import { openLogger } from '../../../foundation/logger.ts';
import type { TestDatabase } from '../../support/postgres-admin.ts';
import { createTestDatabase } from '../../support/test-database.ts';

const DAY_MS = 86_400_000;

let database: TestDatabase;
let orm: MikroORM;
let logged: string[];

beforeAll(async () => {
  database = await createTestDatabase();
  orm = await openDatabase(database.url);
});
afterAll(async () => {
  await orm.close();
  await database.drop();
});
beforeEach(async () => {
  logged = [];
  await orm.em.fork().execute(
    `TRUNCATE audit_events;
     INSERT INTO audit_events (id, created_at, organization_id, action, actor_kind, credential_kind, resource_kind, resource_id, resource_ids, changes, change_count)
     SELECT 'aud_' || n, now() - n * interval '1 minute' - CASE WHEN n > 5 THEN interval '30 days' ELSE interval '29 days' END,
            CASE WHEN n % 2 = 0 THEN 'org_1' END, 'userCreate', 'SYSTEM', 'NONE', 'User', 'usr_1', '{usr_1}', '[]', 1
     FROM generate_series(1, 2505) AS n`,
  );
});

function openUpkeep(retentionMs: number | undefined): AuditUpkeep {
  const logger = openLogger({ service: 'control-plane', level: 'info' }, { write: (line) => void logged.push(line) });
  return new AuditUpkeep({ em: orm.em, retentionMs, clock: { nowMs: () => Date.now() }, logger });
}

async function listEvents(): Promise<string[]> {
  const rows = await orm.em.fork().execute<{ id: string }[]>('SELECT id FROM audit_events ORDER BY created_at DESC');
  return rows.map(({ id }) => id);
}

it('events go when their time is over, whoever they belong to, and it is said how many', async () => {
  const replicas = [openUpkeep(30 * DAY_MS), openUpkeep(30 * DAY_MS)];
  await Promise.all(replicas.map((upkeep) => upkeep.run()));
  await replicas[0]!.run();
  expect(await listEvents()).toEqual(['aud_1', 'aud_2', 'aud_3', 'aud_4', 'aud_5']);
  expect(replicas.reduce((sum, { removed }) => sum + removed, 0)).toBe(2_500);
  const counts = logged.map((line) => JSON.parse(line) as { event: string; count: number });
  expect(counts.every(({ event }) => event === 'audit_events_removed')).toBe(true);
  expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(2_500);
});

it('are kept for ever where the operator says so', async () => {
  const upkeep = openUpkeep(undefined);
  upkeep.start();
  await upkeep.stop();
  expect(await listEvents()).toHaveLength(2_505);
});
