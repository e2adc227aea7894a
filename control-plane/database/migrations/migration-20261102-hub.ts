import { Migration } from '@mikro-orm/migrations';

/** MCP servers, the grants that bring them into workspaces, and the credentials that subjects store for them. */
export class Migration20261102Hub extends Migration {
  override up(): void {
    this.addSql(`
      CREATE TABLE mcp_servers (
        id text PRIMARY KEY,
        organization_id text NOT NULL REFERENCES organizations (id),
        workspace_id text REFERENCES workspaces (id) ON DELETE CASCADE,
        slug text NOT NULL,
        name text NOT NULL,
        description text,
        url text NOT NULL,
        canonical_url text NOT NULL,
        transport text NOT NULL CHECK (transport IN ('STREAMABLE_HTTP', 'SSE')),
        authentication text NOT NULL CHECK (authentication IN ('NONE', 'OAUTH', 'CLIENT_CREDENTIALS', 'CUSTOM_HEADERS')),
        granularity text NOT NULL CHECK (granularity IN ('ORGANIZATION', 'WORKSPACE', 'USER')),
        enabled boolean NOT NULL,
        max_request_bytes integer NOT NULL CHECK (max_request_bytes > 0),
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        version integer NOT NULL DEFAULT 1,
        CONSTRAINT mcp_servers_slug_key UNIQUE (organization_id, slug)
      )`);
    this.addSql(`CREATE INDEX mcp_servers_organization ON mcp_servers (organization_id, created_at, id)`);
    this.addSql(`CREATE INDEX mcp_servers_workspace ON mcp_servers (workspace_id)`);
    this.addSql(`
      CREATE TABLE access_grants (
        id text PRIMARY KEY,
        workspace_id text NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
        mcp_server_id text NOT NULL REFERENCES mcp_servers (id) ON DELETE CASCADE,
        enabled boolean NOT NULL,
        default_user_access text NOT NULL CHECK (default_user_access IN ('ALLOW', 'DENY')),
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        version integer NOT NULL DEFAULT 1,
        CONSTRAINT access_grants_server_key UNIQUE (workspace_id, mcp_server_id)
      )`);
    this.addSql(`CREATE INDEX access_grants_workspace ON access_grants (workspace_id, created_at, id)`);
    this.addSql(`CREATE INDEX access_grants_server ON access_grants (mcp_server_id, created_at, id)`);
    this.addSql(`
      CREATE TABLE access_grant_user_overrides (
        access_grant_id text NOT NULL REFERENCES access_grants (id) ON DELETE CASCADE,
        user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        access text NOT NULL CHECK (access IN ('ALLOW', 'DENY')),
        PRIMARY KEY (access_grant_id, user_id)
      )`);
    this.addSql(`CREATE INDEX access_grant_user_overrides_user ON access_grant_user_overrides (user_id)`);
    // The subject is one of three kinds. The generated columns exist for their foreign keys: a credential must not outlive its subject.
    this.addSql(`
      CREATE TABLE connections (
        id text PRIMARY KEY,
        mcp_server_id text NOT NULL REFERENCES mcp_servers (id) ON DELETE CASCADE,
        subject_kind text NOT NULL CHECK (subject_kind IN ('ORGANIZATION', 'WORKSPACE', 'USER')),
        subject_id text NOT NULL,
        organization_subject_id text GENERATED ALWAYS AS (CASE subject_kind WHEN 'ORGANIZATION' THEN subject_id END) STORED
          REFERENCES organizations (id) ON DELETE CASCADE,
        workspace_subject_id text GENERATED ALWAYS AS (CASE subject_kind WHEN 'WORKSPACE' THEN subject_id END) STORED
          REFERENCES workspaces (id) ON DELETE CASCADE,
        user_subject_id text GENERATED ALWAYS AS (CASE subject_kind WHEN 'USER' THEN subject_id END) STORED
          REFERENCES users (id) ON DELETE CASCADE,
        shard text NOT NULL,
        headers jsonb NOT NULL,
        sealed_headers text NOT NULL,
        seal_key_id text NOT NULL,
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        version integer NOT NULL DEFAULT 1,
        CONSTRAINT connections_subject_key UNIQUE (mcp_server_id, subject_id)
      )`);
    this.addSql(`CREATE INDEX connections_server ON connections (mcp_server_id, created_at, id)`);
    this.addSql(`CREATE INDEX connections_shard ON connections (mcp_server_id, shard)`);
    this.addSql(`CREATE INDEX connections_subject ON connections (subject_id)`);
    this.addSql(`CREATE INDEX connections_seal_key ON connections (seal_key_id)`);
    this.addSql(
      `CREATE TABLE encryption_key_probes (key_id text PRIMARY KEY, probe text NOT NULL, created_at timestamptz(3) NOT NULL DEFAULT now())`,
    );
    this.addSql(`
      CREATE TABLE connection_fingerprint_key (
        singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
        sealed_key text NOT NULL
      )`);
  }
}
