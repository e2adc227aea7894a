import { Migration } from '@mikro-orm/migrations';

/** What a grant says about single capabilities. */
export class Migration20261130GrantedCapabilities extends Migration {
  override up(): void {
    this.addSql(`
      ALTER TABLE access_grants
        ADD COLUMN new_capabilities text NOT NULL DEFAULT 'ALLOW' CHECK (new_capabilities IN ('ALLOW', 'HOLD')),
        ADD COLUMN pins_definitions boolean NOT NULL DEFAULT false`);
    // Definitions by their content: many grants approve the same one.
    this.addSql(`
      CREATE TABLE capability_definitions (
        mcp_server_id text NOT NULL REFERENCES mcp_servers (id) ON DELETE CASCADE,
        kind text NOT NULL,
        definition_hash text NOT NULL,
        definition text NOT NULL,
        PRIMARY KEY (mcp_server_id, kind, definition_hash)
      )`);
    this.addSql(`
      INSERT INTO capability_definitions (mcp_server_id, kind, definition_hash, definition)
      SELECT DISTINCT ON (mcp_server_id, kind, definition_hash) mcp_server_id, kind, definition_hash, definition FROM capabilities`);
    this.addSql(`
      CREATE TABLE access_grant_capability_overrides (
        access_grant_id text NOT NULL REFERENCES access_grants (id) ON DELETE CASCADE,
        capability_id text NOT NULL REFERENCES capabilities (id) ON DELETE CASCADE,
        disabled boolean NOT NULL DEFAULT false,
        exposed_name text,
        exposed_title text,
        exposed_description text,
        approved_hash text,
        approved_at timestamptz(3),
        PRIMARY KEY (access_grant_id, capability_id),
        CONSTRAINT access_grant_capability_overrides_approval CHECK ((approved_hash IS NULL) = (approved_at IS NULL))
      )`);
    this.addSql(`CREATE INDEX access_grant_capability_overrides_capability ON access_grant_capability_overrides (capability_id)`);
    // The one place that says in which state a capability is in a grant; \`findRefusal\` of the contract decides by the same rules.
    this.addSql(`
      CREATE VIEW granted_capabilities AS
      SELECT g.id || '_' || c.id AS id, g.id AS access_grant_id, g.workspace_id, c.id AS capability_id, c.mcp_server_id, c.kind, c.name,
             c.title, c.description, c.definition_hash, c.created_at, c.vanished_at,
             coalesce(o.disabled, false) AS disabled, o.exposed_name, o.exposed_title, o.exposed_description, o.approved_hash, o.approved_at,
             CASE
               WHEN c.vanished_at IS NOT NULL THEN 'GONE'
               WHEN o.disabled THEN 'DISABLED'
               WHEN o.approved_hash IS NULL AND g.new_capabilities = 'HOLD' THEN 'HELD'
               WHEN o.approved_hash <> c.definition_hash AND g.pins_definitions THEN 'CHANGED'
               ELSE 'AVAILABLE'
             END AS state
      FROM access_grants g
      JOIN capabilities c ON c.mcp_server_id = g.mcp_server_id
      LEFT JOIN access_grant_capability_overrides o ON o.access_grant_id = g.id AND o.capability_id = c.id`);
  }
}
