import type { EntityManager } from '@mikro-orm/postgresql';
import type { KeyRing } from '../../contract/key-ring.ts';
import { openSecret, sealSecret } from '../../contract/sealed-secret.ts';
import { clientSecretOwner } from '../mcp-servers/index.ts';
import { identityProviderSecretOwner, oauthRecordOwner, signingKeyOwner } from '../secrets/index.ts';
import { connectionTokensOwner, registrationOwner } from './oauth/sealed-owners.ts';

/** A column of sealed texts that gateways do not read, beside the one that says by which key. */
interface SealedColumn {
  readonly table: string;
  /** An SQL expression that names the row. */
  readonly id: string;
  readonly sealed: string;
  readonly keyId: string;
  readonly toOwner: (id: string) => string;
}

/** Everything that is sealed, the header values excepted: those are in snapshots too. */
const SEALED_COLUMNS: readonly SealedColumn[] = [
  { table: 'mcp_servers', id: 'mcp_servers.id', sealed: 'sealed_client_secret', keyId: 'client_secret_key_id', toOwner: clientSecretOwner },
  {
    table: 'connection_tokens',
    id: 'connection_tokens.connection_id',
    sealed: 'sealed',
    keyId: 'seal_key_id',
    toOwner: connectionTokensOwner,
  },
  {
    table: 'upstream_registrations',
    id: `(organization_id || ' ' || issuer || ' ' || redirect_uri)`,
    sealed: 'sealed',
    keyId: 'seal_key_id',
    toOwner: registrationOwner,
  },
  {
    table: 'identity_providers',
    id: 'identity_providers.id',
    sealed: 'sealed_client_secret',
    keyId: 'client_secret_key_id',
    toOwner: identityProviderSecretOwner,
  },
  {
    table: 'oauth_signing_keys',
    id: 'oauth_signing_keys.kid',
    sealed: 'sealed_private_jwk',
    keyId: 'seal_key_id',
    toOwner: signingKeyOwner,
  },
  {
    table: 'oauth_records',
    id: `(oauth_records.model || ' ' || oauth_records.id)`,
    sealed: 'sealed_secret',
    keyId: 'seal_key_id',
    toOwner: oauthRecordOwner,
  },
];

/** The keys that something is sealed with. */
export async function readSealKeyIds(em: EntityManager): Promise<string[]> {
  const columns = [...SEALED_COLUMNS, { table: 'connections', keyId: 'seal_key_id' }];
  const selects = columns.map(({ table, keyId }) => `SELECT ${keyId} AS id FROM ${table} WHERE ${keyId} IS NOT NULL`);
  return (await em.execute<{ id: string }[]>(selects.join(' UNION '))).map(({ id }) => id);
}

/** Seals some rows of each column anew whose key is not the ring's first; returns how many there were. */
export async function resealColumns(em: EntityManager, ring: KeyRing, limit: number): Promise<number> {
  let count = 0;
  for (const column of SEALED_COLUMNS) count += await resealColumn(em, ring, column, limit);
  return count;
}

async function resealColumn(em: EntityManager, ring: KeyRing, column: SealedColumn, limit: number): Promise<number> {
  const { table, id, sealed, keyId } = column;
  const rows = await em.execute<{ id: string; sealed: string }[]>(
    `SELECT ${id} AS id, ${sealed} AS sealed FROM ${table} WHERE ${keyId} <> ? ORDER BY 1 LIMIT ${limit} FOR UPDATE SKIP LOCKED`,
    [ring.primaryId],
  );
  if (rows.length === 0) return 0;
  const resealed = rows.map((row) => ({ id: row.id, sealed: reseal(ring, column.toOwner(row.id), row.sealed) }));
  await em.execute(
    `UPDATE ${table} SET ${sealed} = fresh.sealed, ${keyId} = ?
     FROM jsonb_to_recordset(?::jsonb) AS fresh (id text, sealed text) WHERE ${id} = fresh.id`,
    [ring.primaryId, JSON.stringify(resealed)],
  );
  return rows.length;
}

function reseal(ring: KeyRing, owner: string, sealed: string): string {
  const opened = openSecret(ring, owner, sealed);
  if (!opened.ok) throw new Error(`the secret of ${owner} does not open: ${opened.error.reason}`);
  return sealSecret(ring, owner, opened.value);
}
