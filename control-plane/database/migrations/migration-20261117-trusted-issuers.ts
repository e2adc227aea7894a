import { Migration } from '@mikro-orm/migrations';

/** Identity providers whose tokens are accepted at the gateway, with the keys that were read from them. */
export class Migration20261117TrustedIssuers extends Migration {
  override up(): void {
    this.addSql(`
      CREATE TABLE trusted_issuers (
        id text PRIMARY KEY,
        organization_id text NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
        issuer text NOT NULL,
        audience text,
        jwks_url text,
        required_claims jsonb NOT NULL,
        user_claim text NOT NULL,
        enabled boolean NOT NULL,
        keys jsonb NOT NULL,
        keys_read_at timestamptz(3) NOT NULL,
        keys_failure text,
        next_read_at timestamptz(3) NOT NULL,
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        version integer NOT NULL DEFAULT 1,
        CONSTRAINT trusted_issuers_issuer_key UNIQUE (organization_id, issuer)
      )`);
    this.addSql(`CREATE INDEX trusted_issuers_organization ON trusted_issuers (organization_id, created_at, id)`);
    this.addSql(`CREATE INDEX trusted_issuers_next_read ON trusted_issuers (next_read_at)`);
  }
}
