import { Migration } from '@mikro-orm/migrations';

/** What upstreams offer. */
export class Migration20261114Capabilities extends Migration {
  override up(): void {
    // A name may be longer than an index entry can be.
    this.addSql(`
      CREATE TABLE capabilities (
        id text PRIMARY KEY,
        mcp_server_id text NOT NULL REFERENCES mcp_servers (id) ON DELETE CASCADE,
        kind text NOT NULL CHECK (kind IN ('TOOL', 'PROMPT', 'RESOURCE', 'RESOURCE_TEMPLATE')),
        name text NOT NULL,
        name_digest text NOT NULL GENERATED ALWAYS AS (md5(name)) STORED,
        title text,
        description text,
        definition text NOT NULL,
        annotations jsonb NOT NULL,
        definition_hash text NOT NULL,
        ui_resource_uri text,
        created_at timestamptz(3) NOT NULL,
        last_seen_at timestamptz(3) NOT NULL,
        vanished_at timestamptz(3),
        CONSTRAINT capabilities_name_key UNIQUE (mcp_server_id, kind, name_digest)
      )`);
    this.addSql(`CREATE INDEX capabilities_server ON capabilities (mcp_server_id, created_at, id)`);
  }
}
