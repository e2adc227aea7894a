import { Migration } from '@mikro-orm/migrations';

/** What servers look like, as far as they say and it could be read. */
export class Migration20261130McpServerIcons extends Migration {
  override up(): void {
    this.addSql(`
      CREATE TABLE mcp_server_icons (
        mcp_server_id text PRIMARY KEY REFERENCES mcp_servers (id) ON DELETE CASCADE,
        target text NOT NULL,
        sources_digest text NOT NULL,
        read_at timestamptz(3) NOT NULL,
        image_hash text,
        content_type text,
        image bytea,
        CONSTRAINT mcp_server_icons_whole CHECK (num_nulls(image_hash, content_type, image) IN (0, 3)),
        CONSTRAINT mcp_server_icons_size CHECK (octet_length(image) <= 65536)
      )`);
  }
}
