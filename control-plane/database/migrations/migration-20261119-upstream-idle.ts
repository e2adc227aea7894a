import { Migration } from '@mikro-orm/migrations';

/** How long the gateway bears the silence of each upstream. */
export class Migration20261119UpstreamIdle extends Migration {
  override up(): void {
    this.addSql('ALTER TABLE mcp_servers ADD COLUMN upstream_idle_seconds integer CHECK (upstream_idle_seconds > 0)');
  }
}
