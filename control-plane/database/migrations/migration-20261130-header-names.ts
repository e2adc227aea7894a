import { Migration } from '@mikro-orm/migrations';

/** Which headers each subject enters values for, where a server's administrator says so. */
export class Migration20261130HeaderNames extends Migration {
  override up(): void {
    this.addSql('ALTER TABLE mcp_servers ADD COLUMN header_names text[]');
  }
}
