import { Migration } from '@mikro-orm/migrations';

/** When upstreams are asked what they offer, and what came of it. */
export class Migration20261130CapabilityDiscoveries extends Migration {
  override up(): void {
    this.addSql(`
      CREATE TABLE capability_discoveries (
        mcp_server_id text PRIMARY KEY REFERENCES mcp_servers (id) ON DELETE CASCADE,
        target text NOT NULL,
        next_at timestamptz(3) NOT NULL,
        attempted_at timestamptz(3),
        succeeded_at timestamptz(3),
        last_error text
      )`);
    this.addSql(`CREATE INDEX capability_discoveries_next ON capability_discoveries (next_at)`);
  }
}
