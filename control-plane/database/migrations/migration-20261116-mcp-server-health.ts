import { Migration } from '@mikro-orm/migrations';

/** What the periodic checks find out about each upstream. */
export class Migration20261116McpServerHealth extends Migration {
  override up(): void {
    this.addSql(`
      CREATE TABLE mcp_server_health (
        mcp_server_id text PRIMARY KEY REFERENCES mcp_servers (id) ON DELETE CASCADE,
        target text NOT NULL,
        state text NOT NULL CHECK (state IN ('UNKNOWN', 'HEALTHY', 'UNHEALTHY')),
        checked_at timestamptz(3),
        last_success_at timestamptz(3),
        last_error text,
        next_check_at timestamptz(3) NOT NULL
      )`);
    this.addSql(`CREATE INDEX mcp_server_health_next_check ON mcp_server_health (next_check_at)`);
  }
}
