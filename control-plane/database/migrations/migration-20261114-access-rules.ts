import { Migration } from '@mikro-orm/migrations';

/** Restrictions of servers and grants. */
export class Migration20261114AccessRules extends Migration {
  override up(): void {
    this.addSql(`
      CREATE TABLE access_rules (
        id text PRIMARY KEY,
        mcp_server_id text REFERENCES mcp_servers (id) ON DELETE CASCADE,
        access_grant_id text REFERENCES access_grants (id) ON DELETE CASCADE,
        name text NOT NULL,
        description text,
        enabled boolean NOT NULL,
        effect text NOT NULL CHECK (effect IN ('DENY', 'REQUIRE')),
        capability_kinds text[] NOT NULL,
        capability_patterns text[] NOT NULL,
        callers jsonb NOT NULL,
        condition text,
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        version integer NOT NULL DEFAULT 1,
        CHECK (num_nonnulls(mcp_server_id, access_grant_id) = 1),
        CHECK (effect = 'DENY' OR condition IS NOT NULL),
        CONSTRAINT access_rules_server_name_key UNIQUE (mcp_server_id, name),
        CONSTRAINT access_rules_grant_name_key UNIQUE (access_grant_id, name)
      )`);
    this.addSql(`CREATE INDEX access_rules_parent ON access_rules (coalesce(mcp_server_id, access_grant_id), created_at, id)`);
  }
}
