import { Migration } from '@mikro-orm/migrations';

/** The outbox of snapshot changes, and the memory of what was published last. */
export class Migration20261103Snapshots extends Migration {
  override up(): void {
    this.addSql(`
      CREATE TABLE snapshot_state (
        singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
        revision integer NOT NULL
      )`);
    this.addSql(`INSERT INTO snapshot_state (revision) VALUES (0)`);
    this.addSql(`
      CREATE TABLE snapshot_outbox (
        revision integer PRIMARY KEY,
        documents text[] NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now()
      )`);
    this.addSql(`
      CREATE TABLE snapshot_documents (
        name text PRIMARY KEY,
        hash text NOT NULL,
        requires text[] NOT NULL,
        workspace_slug text
      )`);
    this.addSql(`
      CREATE TABLE snapshot_publication (
        singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
        revision integer,
        seal_key_id text,
        compiled_by text,
        published_at timestamptz(3),
        failed_revision integer,
        failure text
      )`);
  }
}
