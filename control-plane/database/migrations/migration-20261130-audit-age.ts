import { Migration } from '@mikro-orm/migrations';

/** Audit events go when their time is over, the oldest of all organizations first. */
export class Migration20261130AuditAge extends Migration {
  override up(): void {
    this.addSql('CREATE INDEX audit_events_age ON audit_events (created_at)');
  }
}
