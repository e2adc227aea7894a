import type { EntityManager } from '@mikro-orm/postgresql';
import { randomBytes } from 'node:crypto';
import type { KeyRing } from '../../contract/key-ring.ts';
import { findSealingKeyId, openSecret, sealSecret } from '../../contract/sealed-secret.ts';
import { ConfigError } from '../../foundation/read-config.ts';
import { Secret } from '../../foundation/secret.ts';
import { readSealKeyIds } from './sealed-columns.ts';

const PROBE_OWNER = 'database:seal-probe';
const FINGERPRINT_KEY_OWNER = 'connections:fingerprint-key';
const FINGERPRINT_KEY_BYTES = 32;

/**
 * Finds out at start whether the keys are the ones that sealed what the database holds, before a wrong one seals anything.
 * @throws {ConfigError} naming the key that is wrong or missing.
 */
export async function checkEncryptionKeys(em: EntityManager, ring: KeyRing): Promise<void> {
  await em.execute('INSERT INTO encryption_key_probes (key_id, probe) VALUES (?, ?) ON CONFLICT (key_id) DO NOTHING', [
    ring.primaryId,
    sealSecret(ring, PROBE_OWNER, ring.primaryId),
  ]);
  const probes = await em.execute<{ key_id: string; probe: string }[]>(
    'SELECT key_id, probe FROM encryption_key_probes ORDER BY created_at',
  );
  for (const { key_id: id, probe } of probes) {
    const isKnown = ring.ids().includes(id);
    if (isKnown && !openSecret(ring, PROBE_OWNER, probe).ok) {
      throw new ConfigError(`SLUICE_ENCRYPTION_KEYS: the key ${id} is not the one that this database was used with`);
    }
  }
  const missing = (await readSealKeyIds(em)).filter((id) => !ring.ids().includes(id));
  if (missing.length > 0) {
    throw new ConfigError(
      `SLUICE_ENCRYPTION_KEYS: stored connections are sealed with ${missing.join(', ')}; keep such a key until everything is sealed anew`,
    );
  }
}

/**
 * The key of this installation's fingerprints: made once, stored sealed. It is none of the ring's, so that fingerprints stay the same
 * when those are rotated.
 * @throws {ConfigError} where the ring cannot open it.
 */
export async function loadFingerprintKey(em: EntityManager, ring: KeyRing): Promise<Secret> {
  const fresh = randomBytes(FINGERPRINT_KEY_BYTES).toString('base64');
  await em.execute('INSERT INTO connection_fingerprint_key (sealed_key) VALUES (?) ON CONFLICT (singleton) DO NOTHING', [
    sealSecret(ring, FINGERPRINT_KEY_OWNER, fresh),
  ]);
  const opened = openSecret(ring, FINGERPRINT_KEY_OWNER, await readSealedFingerprintKey(em));
  if (opened.ok) return new Secret(opened.value);
  const id = opened.error.reason === 'malformed' ? 'unknown' : opened.error.keyId;
  throw new ConfigError(
    `SLUICE_ENCRYPTION_KEYS: the fingerprint key of this database is sealed with the key ${id}, which is missing or another one`,
  );
}

/** Seals it with the ring's first key, if another one did. */
export async function resealFingerprintKey(em: EntityManager, ring: KeyRing): Promise<void> {
  const sealed = await readSealedFingerprintKey(em);
  if (findSealingKeyId(sealed) === ring.primaryId) return;
  const opened = openSecret(ring, FINGERPRINT_KEY_OWNER, sealed);
  if (!opened.ok) throw new Error(`the fingerprint key does not open: ${opened.error.reason}`);
  await em.execute('UPDATE connection_fingerprint_key SET sealed_key = ? WHERE sealed_key = ?', [
    sealSecret(ring, FINGERPRINT_KEY_OWNER, opened.value),
    sealed,
  ]);
}

async function readSealedFingerprintKey(em: EntityManager): Promise<string> {
  const [row] = await em.execute<{ sealed_key: string }[]>('SELECT sealed_key FROM connection_fingerprint_key');
  return row!.sealed_key;
}
