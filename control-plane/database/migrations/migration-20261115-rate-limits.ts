import { Migration } from '@mikro-orm/migrations';

/** Bounds on the calls of an organization. */
export class Migration20261115RateLimits extends Migration {
  override up(): void {
    this.addSql(`
      CREATE TABLE rate_limits (
        id text PRIMARY KEY,
        organization_id text NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
        name text NOT NULL,
        workspace_id text REFERENCES workspaces (id) ON DELETE CASCADE,
        user_id text REFERENCES users (id) ON DELETE CASCADE,
        api_key_id text REFERENCES api_keys (id) ON DELETE CASCADE,
        mcp_server_id text REFERENCES mcp_servers (id) ON DELETE CASCADE,
        tool_name text,
        count_by jsonb NOT NULL,
        max_requests integer CHECK (max_requests > 0),
        window_seconds integer CHECK (window_seconds > 0),
        max_concurrent integer CHECK (max_concurrent > 0),
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        version integer NOT NULL DEFAULT 1,
        CHECK ((max_requests IS NULL) = (window_seconds IS NULL)),
        CHECK (max_requests IS NOT NULL OR max_concurrent IS NOT NULL),
        CHECK (tool_name IS NULL OR mcp_server_id IS NOT NULL),
        CONSTRAINT rate_limits_name_key UNIQUE (organization_id, name)
      )`);
    this.addSql(`CREATE INDEX rate_limits_organization ON rate_limits (organization_id, created_at, id)`);
    this.addSql(`CREATE INDEX rate_limits_workspace ON rate_limits (workspace_id)`);
    this.addSql(`CREATE INDEX rate_limits_user ON rate_limits (user_id)`);
    this.addSql(`CREATE INDEX rate_limits_api_key ON rate_limits (api_key_id)`);
    this.addSql(`CREATE INDEX rate_limits_mcp_server ON rate_limits (mcp_server_id)`);
  }
}
