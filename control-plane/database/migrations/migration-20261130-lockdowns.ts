import { Migration } from '@mikro-orm/migrations';

/** What is stopped everywhere. */
export class Migration20261130Lockdowns extends Migration {
  override up(): void {
    this.addSql(`
      CREATE TABLE lockdowns (
        id text PRIMARY KEY,
        organization_id text NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
        mcp_server_id text REFERENCES mcp_servers (id) ON DELETE CASCADE,
        workspace_id text REFERENCES workspaces (id) ON DELETE CASCADE,
        user_id text REFERENCES users (id) ON DELETE CASCADE,
        api_key_id text REFERENCES api_keys (id) ON DELETE CASCADE,
        subject_id text NOT NULL GENERATED ALWAYS AS (coalesce(mcp_server_id, workspace_id, user_id, api_key_id)) STORED,
        reason text,
        created_by text REFERENCES users (id) ON DELETE SET NULL,
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        version integer NOT NULL DEFAULT 1,
        CONSTRAINT lockdowns_one_subject CHECK (num_nonnulls(mcp_server_id, workspace_id, user_id, api_key_id) = 1),
        CONSTRAINT lockdowns_subject_key UNIQUE (subject_id)
      )`);
    this.addSql(`CREATE INDEX lockdowns_organization ON lockdowns (organization_id, created_at, id)`);
    this.addSql(`
      CREATE FUNCTION is_locked(subject text) RETURNS boolean LANGUAGE sql STABLE
      RETURN EXISTS (SELECT FROM lockdowns WHERE subject_id = subject)`);
  }
}
