import { Migration } from '@mikro-orm/migrations';

/** Identity providers by which people sign in, and who they are there. */
export class Migration20261118IdentityProviders extends Migration {
  override up(): void {
    this.addSql(`
      CREATE TABLE identity_providers (
        id text PRIMARY KEY,
        organization_id text NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
        name text NOT NULL,
        issuer text NOT NULL,
        client_id text NOT NULL,
        sealed_client_secret text,
        client_secret_key_id text,
        client_secret_fingerprint text,
        client_secret_updated_at timestamptz(3),
        scopes jsonb NOT NULL,
        email_claim text NOT NULL,
        name_claim text NOT NULL,
        groups_claim text,
        email_domain text,
        required_group text,
        creates_users boolean NOT NULL,
        default_role text NOT NULL CHECK (default_role IN ('ADMIN', 'MEMBER', 'AUDITOR')),
        enabled boolean NOT NULL,
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        version integer NOT NULL DEFAULT 1,
        CONSTRAINT identity_providers_issuer_key UNIQUE (organization_id, issuer)
      )`);
    this.addSql(`CREATE INDEX identity_providers_organization ON identity_providers (organization_id, created_at, id)`);
    this.addSql(`
      CREATE TABLE user_identities (
        organization_id text NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
        issuer text NOT NULL,
        subject text NOT NULL,
        user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        created_at timestamptz(3) NOT NULL,
        PRIMARY KEY (organization_id, issuer, subject)
      )`);
    this.addSql(`CREATE INDEX user_identities_user ON user_identities (user_id)`);
  }
}
