import { Migration } from '@mikro-orm/migrations';

/** The authorization server: what it remembers, its keys, and what people allowed clients to do. */
export class Migration20261112Oauth extends Migration {
  override up(): void {
    this.addSql(`
      CREATE TABLE consents (
        id text PRIMARY KEY,
        organization_id text NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
        user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        client_id text NOT NULL,
        client_name text NOT NULL,
        redirect_targets text[] NOT NULL,
        workspace_id text NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
        mcp_server_id text NOT NULL REFERENCES mcp_servers (id) ON DELETE CASCADE,
        scopes text[] NOT NULL,
        shard text NOT NULL,
        last_used_at timestamptz(3) NOT NULL,
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        version integer NOT NULL DEFAULT 1,
        CONSTRAINT consents_client_key UNIQUE (user_id, client_id, workspace_id, mcp_server_id)
      )`);
    this.addSql(`CREATE INDEX consents_user ON consents (user_id, created_at, id)`);
    this.addSql(`CREATE INDEX consents_shard ON consents (workspace_id, shard)`);
    this.addSql(`CREATE INDEX consents_server ON consents (mcp_server_id)`);
    this.addSql(`CREATE INDEX consents_client ON consents (client_id)`);
    this.addSql(`
      CREATE TABLE oauth_records (
        model text NOT NULL,
        id text NOT NULL,
        payload jsonb NOT NULL,
        grant_id text,
        consent_id text REFERENCES consents (id) ON DELETE CASCADE,
        sealed_secret text,
        seal_key_id text,
        created_at timestamptz(3) NOT NULL,
        used_at timestamptz(3),
        consumed_at timestamptz(3),
        expires_at timestamptz(3),
        PRIMARY KEY (model, id),
        CHECK ((sealed_secret IS NULL) = (seal_key_id IS NULL))
      )`);
    this.addSql(`CREATE INDEX oauth_records_grant ON oauth_records (grant_id) WHERE grant_id IS NOT NULL`);
    this.addSql(`CREATE INDEX oauth_records_expiry ON oauth_records (expires_at) WHERE expires_at IS NOT NULL`);
    this.addSql(`CREATE INDEX oauth_records_client ON oauth_records (created_at) WHERE model = 'Client'`);
    this.addSql(`CREATE INDEX oauth_records_consent ON oauth_records (consent_id) WHERE consent_id IS NOT NULL`);
    this.addSql(`CREATE INDEX oauth_records_seal_key ON oauth_records (seal_key_id) WHERE seal_key_id IS NOT NULL`);
    this.addSql(`
      CREATE TABLE oauth_signing_keys (
        kid text PRIMARY KEY,
        public_jwk jsonb NOT NULL,
        sealed_private_jwk text NOT NULL,
        seal_key_id text NOT NULL,
        signs_from timestamptz(3) NOT NULL,
        created_at timestamptz(3) NOT NULL
      )`);
    this.addSql(`
      CREATE TABLE oauth_issuer (
        singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
        issuer text NOT NULL
      )`);
    this.addSql(`
      CREATE TABLE oauth_request_counts (
        name text NOT NULL,
        window_start timestamptz(3) NOT NULL,
        count integer NOT NULL,
        PRIMARY KEY (name, window_start)
      )`);
    this.addSql(`CREATE INDEX oauth_request_counts_age ON oauth_request_counts (window_start)`);
  }
}
