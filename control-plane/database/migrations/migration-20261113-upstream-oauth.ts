import { Migration } from '@mikro-orm/migrations';

/** Sluice as an OAuth client of upstreams: settings of servers, registrations, authorizations under way, and the tokens of connections. */
export class Migration20261113UpstreamOauth extends Migration {
  override up(): void {
    this.addSql(`
      ALTER TABLE mcp_servers
        ADD COLUMN oauth jsonb,
        ADD COLUMN sealed_client_secret text,
        ADD COLUMN client_secret_key_id text,
        ADD COLUMN client_secret_fingerprint text,
        ADD COLUMN client_secret_updated_at timestamptz(3),
        ADD COLUMN client_secret_issuer text`);
    this.addSql(`CREATE INDEX mcp_servers_client_secret_key ON mcp_servers (client_secret_key_id) WHERE client_secret_key_id IS NOT NULL`);
    // A connection has header values, or a row in connection_tokens.
    this.addSql(`
      ALTER TABLE connections
        ALTER COLUMN sealed_headers DROP NOT NULL,
        ALTER COLUMN seal_key_id DROP NOT NULL,
        ADD COLUMN connected_by_id text REFERENCES users (id) ON DELETE SET NULL`);
    this.addSql(`CREATE INDEX connections_connected_by ON connections (connected_by_id)`);
    this.addSql(`
      CREATE TABLE connection_tokens (
        connection_id text PRIMARY KEY REFERENCES connections (id) ON DELETE CASCADE,
        state text NOT NULL CHECK (state IN ('CONNECTED', 'NEEDS_AUTHORIZATION', 'ERROR')),
        reason text,
        epoch integer NOT NULL,
        serial integer NOT NULL,
        authorization_server jsonb NOT NULL,
        client jsonb NOT NULL,
        resource text,
        requested_scope text,
        granted_scope text,
        sealed text NOT NULL,
        seal_key_id text NOT NULL,
        expires_at timestamptz(3),
        refresh_at timestamptz(3),
        attempted_at timestamptz(3),
        failures integer NOT NULL DEFAULT 0,
        retry_at timestamptz(3),
        updated_at timestamptz(3) NOT NULL
      )`);
    this.addSql(`CREATE INDEX connection_tokens_due ON connection_tokens (refresh_at) WHERE refresh_at IS NOT NULL`);
    this.addSql(`CREATE INDEX connection_tokens_seal_key ON connection_tokens (seal_key_id)`);
    this.addSql(`
      CREATE TABLE upstream_registrations (
        organization_id text NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
        issuer text NOT NULL,
        redirect_uri text NOT NULL,
        client_id text NOT NULL,
        scope text,
        sealed text NOT NULL,
        seal_key_id text NOT NULL,
        created_at timestamptz(3) NOT NULL,
        expires_at timestamptz(3),
        PRIMARY KEY (organization_id, issuer, redirect_uri)
      )`);
    this.addSql(`CREATE INDEX upstream_registrations_seal_key ON upstream_registrations (seal_key_id)`);
    this.addSql(`
      CREATE TABLE upstream_authorizations (
        state_hash text PRIMARY KEY,
        mcp_server_id text NOT NULL REFERENCES mcp_servers (id) ON DELETE CASCADE,
        subject_id text NOT NULL,
        user_id text REFERENCES users (id) ON DELETE CASCADE,
        session_id text,
        sealed text NOT NULL,
        return_to text,
        created_at timestamptz(3) NOT NULL,
        expires_at timestamptz(3) NOT NULL
      )`);
    this.addSql(`CREATE INDEX upstream_authorizations_user ON upstream_authorizations (user_id, created_at)`);
    this.addSql(`CREATE INDEX upstream_authorizations_expiry ON upstream_authorizations (expires_at)`);
  }
}
