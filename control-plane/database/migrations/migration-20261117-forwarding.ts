import { Migration } from '@mikro-orm/migrations';

/** What goes upstream besides the message. */
export class Migration20261117Forwarding extends Migration {
  override up(): void {
    this.addSql(`ALTER TABLE mcp_servers ADD COLUMN forwarding jsonb`);
  }
}
