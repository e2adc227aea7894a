import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import type { MikroORM } from '@mikro-orm/postgresql';
import type { Provider } from 'oidc-provider';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { KeyRing } from '../../../contract/key-ring.ts';
import { openLogger } from '../../../foundation/logger.ts';
import { openDatabase } from '../../../control-plane/database/open-database.ts';
import { CurrentProvider } from '../../../control-plane/oauth/current-provider.ts';
import { SigningKeys, type SigningKey } from '../../../control-plane/oauth/keys/signing-keys.ts';
import { OauthUpkeep } from '../../../control-plane/oauth/upkeep.ts';
import { postgresOutbox } from '../../../control-plane/snapshots/index.ts';
import { createTestDatabase } from '../../support/test-database.ts';

const DAY_MS = 24 * 60 * 60_000;
const START_MS = Date.UTC(2030, 0, 1);
const ring = KeyRing.parse(`test:${randomBytes(32).toString('base64')}`);
let nowMs = START_MS;
const clock = { nowMs: () => nowMs };

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let orm: MikroORM;
beforeAll(async () => {
  database = await createTestDatabase();
  orm = await openDatabase(database.url);
});
beforeEach(async () => {
  nowMs = START_MS;
  await orm.em.fork().execute('DELETE FROM oauth_records; DELETE FROM oauth_signing_keys');
});
afterAll(async () => {
  await orm.close();
  await database.drop();
});

/** One control plane, which notes with which keys it makes its authorization server. */
function openPlane() {
  const made: string[][] = [];
  const keys = new SigningKeys({ em: orm.em, outbox: postgresOutbox, ring, clock, issuer: 'https://sluice.example' });
  const current = new CurrentProvider(keys, (known: readonly SigningKey[]) => {
    made.push(known.map((key) => key.kid));
    return {} as Provider;
  });
  const upkeep = new OauthUpkeep({ em: orm.em, clock, current, logger: openLogger({ service: 'control-plane', level: 'silent' }) });
  return { made, upkeep };
}

async function add(model: string, id: string, columns: Readonly<Record<string, Date | string>> = {}): Promise<void> {
  const row = { model, id, payload: '{}', created_at: new Date(nowMs), ...columns };
  const names = Object.keys(row);
  await orm.em
    .fork()
    .execute(`INSERT INTO oauth_records (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`, Object.values(row));
}

async function listRecords(): Promise<string[]> {
  return (await orm.em.fork().execute<{ id: string }[]>('SELECT id FROM oauth_records ORDER BY id')).map((row) => row.id);
}

it('forgets what has expired and registrations that nobody used, and keeps the rest', async () => {
  const { upkeep } = openPlane();
  await add('RefreshToken', 'expired', { expires_at: new Date(nowMs + DAY_MS), grant_id: 'grant' });
  await add('RefreshToken', 'rotated', { consumed_at: new Date(nowMs), grant_id: 'grant' });
  await add('RefreshToken', 'living', { expires_at: new Date(nowMs + 300 * DAY_MS), grant_id: 'grant' });
  await add('Grant', 'grant');
  await add('Grant', 'grant-without-tokens');
  await add('Client', 'unused-client');
  await add('Client', 'used-client', { used_at: new Date(nowMs) });
  await upkeep.run();
  expect(await listRecords()).toHaveLength(7);
  nowMs += 4 * DAY_MS;
  await upkeep.run();
  expect(await listRecords()).toEqual(['grant', 'living', 'rotated', 'used-client']);
  nowMs += 91 * DAY_MS;
  await upkeep.run();
  expect(await listRecords()).toEqual(['grant', 'living']);
});

it('gives every control plane the next key before it signs, and drops the last one afterwards', async () => {
  const [one, other] = [openPlane(), openPlane()];
  await Promise.all([one.upkeep.run(), other.upkeep.run()]);
  expect(one.made).toHaveLength(1);
  expect(other.made).toEqual(one.made);
  nowMs += 90 * DAY_MS - 60 * 60_000;
  await Promise.all([one.upkeep.run(), other.upkeep.run()]);
  await Promise.all([one.upkeep.run(), other.upkeep.run()]);
  expect(one.made.at(-1)).toHaveLength(2);
  expect(other.made.at(-1)).toEqual(one.made.at(-1));
  nowMs += 2 * DAY_MS;
  await Promise.all([one.upkeep.run(), other.upkeep.run()]);
  await Promise.all([one.upkeep.run(), other.upkeep.run()]);
  expect(one.made.at(-1)).toEqual(one.made.at(-2)!.slice(1));
  expect(other.made.at(-1)).toEqual(one.made.at(-1));
});
