import { Migration } from '@mikro-orm/migrations';

/** How patient the gateway is with each upstream. */
export class Migration20261104UpstreamSettings extends Migration {
  override up(): void {
    this.addSql(`
      ALTER TABLE mcp_servers
        ADD COLUMN upstream_timeout_seconds integer CHECK (upstream_timeout_seconds > 0),
        ADD COLUMN connect_retries integer NOT NULL DEFAULT 1 CHECK (connect_retries >= 0),
        ADD COLUMN circuit_breaker_failures integer NOT NULL DEFAULT 10 CHECK (circuit_breaker_failures >= 0),
        ADD COLUMN circuit_breaker_open_seconds integer NOT NULL DEFAULT 10 CHECK (circuit_breaker_open_seconds > 0)`);
  }
}
