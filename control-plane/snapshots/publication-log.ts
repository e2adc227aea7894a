import type { Client } from 'pg';
import type { ChangedEntries } from './check-consistent.ts';
import type { DocumentEntry } from './encoded-document.ts';

/** What the last publisher left behind: the published revision and everything that decides whether it still stands as it is. */
export interface Publication {
  /** Null until a first revision was published. */
  readonly revision: number | null;
  /** The key that sealed the manifest's probe. */
  readonly sealKeyId: string | null;
  /** The product version that compiled the documents; another one may compile the same rows differently. */
  readonly compiledBy: string | null;
}

/** What waits in the outbox. */
export interface PendingChanges {
  /** The last revision among them. */
  readonly revision: number;
  readonly documents: readonly string[];
}

export async function readPublication(client: Client): Promise<Publication> {
  const { rows } = await client.query<Publication>(
    `SELECT revision, seal_key_id AS "sealKeyId", compiled_by AS "compiledBy" FROM snapshot_publication`,
  );
  return rows[0] ?? { revision: null, sealKeyId: null, compiledBy: null };
}

/** The documents of the published revision, by name. */
export async function readPublishedEntries(client: Client): Promise<Map<string, DocumentEntry>> {
  const { rows } = await client.query<DocumentEntry & { name: string }>(
    `SELECT name, hash, requires, workspace_slug AS "workspaceSlug" FROM snapshot_documents`,
  );
  return new Map(rows.map(({ name, hash, requires, workspaceSlug }) => [name, { hash, requires, workspaceSlug }]));
}

/** Every document that a mutation touched since the published revision. A revision is visible only when all before it are. */
export async function readPendingChanges(client: Client): Promise<PendingChanges | undefined> {
  const { rows } = await client.query<{ revision: number | null; documents: string[] }>(
    `SELECT max(revision) AS revision, ARRAY(SELECT DISTINCT unnest(documents) FROM snapshot_outbox) AS documents FROM snapshot_outbox`,
  );
  const { revision = null, documents = [] } = rows[0] ?? {};
  return revision === null ? undefined : { revision, documents };
}

/** The revision of the last committed mutation. */
export async function readRevision(client: Client): Promise<number> {
  const { rows } = await client.query<{ revision: number }>(`SELECT revision FROM snapshot_state`);
  return rows[0]!.revision;
}

/** Makes sure that the database's revision is at least this one, so that readers which saw a higher one follow again. */
export async function raiseRevision(client: Client, atLeast: number): Promise<void> {
  await client.query(`UPDATE snapshot_state SET revision = $1 WHERE revision < $1`, [atLeast]);
}

/** Remembers what was published, and takes what it carried out of the outbox. */
export async function rememberPublication(client: Client, publication: Publication, changed: ChangedEntries): Promise<void> {
  const { revision, sealKeyId, compiledBy } = publication;
  const gone = [...changed].flatMap(([name, entry]) => (entry === null ? [name] : []));
  const current = [...changed].flatMap(([name, entry]) => (entry === null ? [] : [{ name, ...entry }]));
  await client.query(REMEMBER, [gone, JSON.stringify(current), revision, sealKeyId, compiledBy]);
}

/** Says why a revision is not published; the one before it stays in force. */
export async function rememberFailure(client: Client, revision: number, failure: string): Promise<void> {
  await client.query(UPSERT_FAILURE, [revision, failure]);
}

/** One statement, so that it is one round trip and no part of it is ever seen without the others. */
const REMEMBER = `
  WITH gone AS (DELETE FROM snapshot_documents WHERE name = ANY($1)),
  current AS (
    INSERT INTO snapshot_documents (name, hash, requires, workspace_slug)
    SELECT name, hash, requires, "workspaceSlug"
    FROM jsonb_to_recordset($2) AS entry (name text, hash text, requires text[], "workspaceSlug" text)
    ON CONFLICT (name) DO UPDATE SET hash = excluded.hash, requires = excluded.requires, workspace_slug = excluded.workspace_slug
  ),
  carried AS (DELETE FROM snapshot_outbox WHERE revision <= $3)
  INSERT INTO snapshot_publication (singleton, revision, seal_key_id, compiled_by, published_at) VALUES (true, $3, $4, $5, now())
  ON CONFLICT (singleton) DO UPDATE SET
    revision = excluded.revision, seal_key_id = excluded.seal_key_id, compiled_by = excluded.compiled_by,
    published_at = excluded.published_at, failed_revision = NULL, failure = NULL`;

const UPSERT_FAILURE = `
  INSERT INTO snapshot_publication (singleton, failed_revision, failure) VALUES (true, $1, $2)
  ON CONFLICT (singleton) DO UPDATE SET failed_revision = excluded.failed_revision, failure = excluded.failure`;
