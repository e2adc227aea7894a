import { randomBytes } from 'node:crypto';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { readJson, writePrivateJson } from './private-file.ts';
import { StartFault } from './start-fault.ts';

/** Where the keys of a local run are kept, below the data directory. */
export const SECRETS_FILE = 'secrets.json';
/** Where the database of a local run is kept, below the data directory. */
export const DATABASE_FOLDER = 'postgres';

const LocalSecretsSchema = z.object({
  /** In the form of `SLUICE_ENCRYPTION_KEYS`. Without it the stored credentials cannot be opened. */
  encryptionKeys: z.string(),
  /** In the form of `SLUICE_BOOTSTRAP_ADMIN_KEY`. */
  bootstrapAdminKey: z.string(),
  databasePassword: z.string(),
  redisPassword: z.string(),
});
export type LocalSecrets = Readonly<z.infer<typeof LocalSecretsSchema>>;

/**
 * The keys of this data directory, made on the first start and kept.
 * @throws {StartFault} where they are gone or unreadable although there is data that needs them.
 */
export async function loadLocalSecrets(dataDir: string): Promise<LocalSecrets> {
  const file = path.join(dataDir, SECRETS_FILE);
  const kept = LocalSecretsSchema.safeParse(await readJson(file).catch(() => null));
  if (kept.success) return kept.data;
  const isFirstStart = !(await exists(file)) && !(await exists(path.join(dataDir, DATABASE_FOLDER)));
  if (!isFirstStart)
    throw new StartFault(
      `${file} is missing or unreadable, and the data of ${dataDir} cannot be used without it. Restore it, or remove ${dataDir} to start anew.`,
    );
  const secrets = generateLocalSecrets();
  await writePrivateJson(file, secrets);
  return secrets;
}

function generateLocalSecrets(): LocalSecrets {
  const random = () => randomBytes(32).toString('base64url');
  return {
    encryptionKeys: `local:${randomBytes(32).toString('base64')}`,
    bootstrapAdminKey: random(),
    databasePassword: random(),
    redisPassword: random(),
  };
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
