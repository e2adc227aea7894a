import 'reflect-metadata';
import type { MikroORM } from '@mikro-orm/postgresql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeyRing } from '../../../contract/key-ring.ts';
import { connectionHeadersOwner, openSecret, sealSecret } from '../../../contract/sealed-secret.ts';
import { checkEncryptionKeys, KeyRotation, loadFingerprintKey } from '../../../control-plane/connections/index.ts';
import { openDatabase } from '../../../control-plane/database/open-database.ts';
import { postgresOutbox } from '../../../control-plane/snapshots/index.ts';
import { openLogger } from '../../../foundation/logger.ts';
import { ConfigError } from '../../../foundation/read-config.ts';
import type { TestDatabase } from '../../support/postgres-admin.ts';
import { createTestDatabase } from '../../support/test-database.ts';

/** More than are sealed anew in one transaction. */
const CONNECTIONS = 450;

let database: TestDatabase;
let orm: MikroORM;

beforeEach(async () => {
  database = await createTestDatabase();
  orm = await openDatabase(database.url);
});
afterEach(async () => {
  await orm.close();
  await database.drop();
});

describe('the keys at start', () => {
  it('are accepted again, also with another one in front or behind', async () => {
    for (const ring of [ringOf('k1:a'), ringOf('k1:a'), ringOf('k2:b', 'k1:a'), ringOf('k2:b')]) {
      await expect(checkEncryptionKeys(orm.em.fork(), ring)).resolves.toBeUndefined();
    }
  });

  it('are refused where one is another key under a known id, which is named', async () => {
    await checkEncryptionKeys(orm.em.fork(), ringOf('k1:a'));
    for (const ring of [ringOf('k1:b'), ringOf('k2:b', 'k1:c')]) {
      const checked = checkEncryptionKeys(orm.em.fork(), ring);
      await expect(checked).rejects.toThrow(ConfigError);
      await expect(checked).rejects.toThrow(/the key k1 is not the one/);
    }
  });

  it('are refused where one is missing that connections are sealed with', async () => {
    await seedConnections(1, ringOf('k1:a'));
    await expect(checkEncryptionKeys(orm.em.fork(), ringOf('k2:b'))).rejects.toThrow(/sealed with k1/);
  });
});

describe('the key of fingerprints', () => {
  it('is made once, also by replicas that start together, and outlives a rotation', async () => {
    const keys = await Promise.all([1, 2, 3].map(() => loadFingerprintKey(orm.em.fork(), ringOf('k1:a'))));
    expect(new Set(keys.map((key) => key.reveal())).size).toBe(1);
    await makeRotation(ringOf('k2:b', 'k1:a')).run();
    expect((await loadFingerprintKey(orm.em.fork(), ringOf('k2:b'))).reveal()).toBe(keys[0]!.reveal());
  });

  it('does not open with another key, and says with which it is sealed', async () => {
    await loadFingerprintKey(orm.em.fork(), ringOf('k1:a'));
    await expect(loadFingerprintKey(orm.em.fork(), ringOf('k2:b'))).rejects.toThrow(/sealed with the key k1/);
  });
});

describe('rotation', () => {
  it('seals everything anew with the first key and names the documents, so that the old key can be dropped', async () => {
    const old = ringOf('k1:a');
    await loadFingerprintKey(orm.em.fork(), old);
    await seedConnections(CONNECTIONS, old);
    // Two replicas share the work.
    await Promise.all([makeRotation(ringOf('k2:b', 'k1:a')).run(), makeRotation(ringOf('k2:b', 'k1:a')).run()]);

    const rows = await orm.em.fork().execute<{ id: string; sealed_headers: string; seal_key_id: string }[]>('SELECT * FROM connections');
    expect(rows).toHaveLength(CONNECTIONS);
    for (const { id, sealed_headers: sealed, seal_key_id: keyId } of rows) {
      expect(keyId).toBe('k2');
      expect(openSecret(ringOf('k2:b'), connectionHeadersOwner(id), sealed)).toEqual({ ok: true, value: `{"X-Key":"${id}"}` });
    }
    const touched = await orm.em.fork().execute<{ name: string }[]>('SELECT DISTINCT unnest(documents) AS name FROM snapshot_outbox');
    expect(touched.map(({ name }) => name).sort()).toEqual(['connections:mcps_1:0', 'connections:mcps_1:1']);
    await expect(checkEncryptionKeys(orm.em.fork(), ringOf('k2:b'))).resolves.toBeUndefined();
  });

  it('does nothing where nothing is sealed with another key', async () => {
    await loadFingerprintKey(orm.em.fork(), ringOf('k1:a'));
    await seedConnections(1, ringOf('k1:a'));
    await makeRotation(ringOf('k1:a')).run();
    expect(await orm.em.fork().execute('SELECT * FROM snapshot_outbox')).toEqual([]);
  });
});

/** A ring of keys given as `id:seed`. */
function ringOf(...entries: string[]): KeyRing {
  const keys = entries.map((entry) => entry.split(':')).map(([id, seed]) => `${id}:${Buffer.alloc(32, seed).toString('base64')}`);
  return KeyRing.parse(keys.join(','));
}

function makeRotation(ring: KeyRing): KeyRotation {
  return new KeyRotation({ em: orm.em, outbox: postgresOutbox, ring, logger: openLogger({ service: 'test', level: 'silent' }) });
}

async function seedConnections(count: number, ring: KeyRing): Promise<void> {
  const em = orm.em.fork();
  await em.execute(
    `INSERT INTO organizations (id, slug, name, created_at, updated_at) VALUES ('org_1', 'org', 'Organization', now(), now())`,
  );
  await em.execute(
    `INSERT INTO users (id, organization_id, role, email, email_key, name, created_at, updated_at)
     SELECT 'usr_' || n, 'org_1', 'MEMBER', n::text, n::text, 'User', now(), now() FROM generate_series(1, ?::int) n`,
    [count],
  );
  await em.execute(
    `INSERT INTO mcp_servers (id, organization_id, slug, name, url, canonical_url, transport, authentication, granularity, enabled, max_request_bytes, created_at, updated_at)
     VALUES ('mcps_1', 'org_1', 's', 'Server', 'https://mcp.example', 'https://mcp.example/', 'STREAMABLE_HTTP', 'CUSTOM_HEADERS', 'USER', true, 4194304, now(), now())`,
  );
  const rows = Array.from({ length: count }, (_, index) => {
    const id = `con_${index + 1}`;
    const sealed = sealSecret(ring, connectionHeadersOwner(id), `{"X-Key":"${id}"}`);
    return { id, subject: `usr_${index + 1}`, shard: String(index % 2), sealed };
  });
  await em.execute(
    `INSERT INTO connections (id, mcp_server_id, subject_kind, subject_id, shard, headers, sealed_headers, seal_key_id, created_at, updated_at)
     SELECT id, 'mcps_1', 'USER', subject, shard, '[]', sealed, ?, now(), now()
     FROM jsonb_to_recordset(?::jsonb) AS row (id text, subject text, shard text, sealed text)`,
    [ring.primaryId, JSON.stringify(rows)],
  );
}
