import { Migration } from '@mikro-orm/migrations';

/** Who changed what. Events outlive what they are about, so nothing is referenced. */
export class Migration20261120Audit extends Migration {
  override up(): void {
    this.addSql(`
      CREATE TABLE audit_events (
        id text PRIMARY KEY,
        created_at timestamptz(3) NOT NULL,
        organization_id text,
        workspace_id text,
        action text NOT NULL,
        actor_kind text NOT NULL CHECK (actor_kind IN ('INSTANCE_ADMIN', 'USER', 'SERVICE_KEY', 'ANONYMOUS', 'SYSTEM')),
        actor_id text,
        actor_name text,
        credential_kind text NOT NULL CHECK (credential_kind IN ('BOOTSTRAP_KEY', 'API_KEY', 'BROWSER_SESSION', 'NONE')),
        credential_id text,
        address text,
        resource_kind text NOT NULL,
        resource_id text NOT NULL,
        resource_name text,
        resource_ids text[] NOT NULL,
        changes jsonb NOT NULL,
        change_count integer NOT NULL,
        snapshot_revision integer
      )`);
    this.addSql(`CREATE INDEX audit_events_page ON audit_events (organization_id, created_at DESC, id DESC)`);
    this.addSql(`CREATE INDEX audit_events_actor ON audit_events (organization_id, actor_id, created_at DESC, id DESC)`);
    this.addSql(`CREATE INDEX audit_events_action ON audit_events (organization_id, action, created_at DESC, id DESC)`);
    this.addSql(`CREATE INDEX audit_events_kind ON audit_events (organization_id, resource_kind, created_at DESC, id DESC)`);
    this.addSql(`CREATE INDEX audit_events_resources ON audit_events USING gin (resource_ids)`);
  }
}
