import { Migration } from '@mikro-orm/migrations';

/** Organizations, people, workspaces, their members and keys, and the memory of idempotent requests. */
export class Migration20261101Core extends Migration {
  override up(): void {
    this.addSql(`
      CREATE TABLE organizations (
        id text PRIMARY KEY,
        slug text NOT NULL CONSTRAINT organizations_slug_key UNIQUE,
        name text NOT NULL,
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        version integer NOT NULL DEFAULT 1
      )`);
    this.addSql(`
      CREATE TABLE users (
        id text PRIMARY KEY,
        organization_id text NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
        email text NOT NULL,
        email_key text NOT NULL,
        name text NOT NULL,
        role text NOT NULL CHECK (role IN ('OWNER', 'ADMIN', 'MEMBER', 'AUDITOR')),
        enabled boolean NOT NULL DEFAULT true,
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        version integer NOT NULL DEFAULT 1,
        CONSTRAINT users_email_key UNIQUE (organization_id, email_key)
      )`);
    this.addSql(`CREATE INDEX users_organization ON users (organization_id, created_at, id)`);
    this.addSql(`
      CREATE TABLE workspaces (
        id text PRIMARY KEY,
        organization_id text NOT NULL REFERENCES organizations (id),
        slug text NOT NULL CONSTRAINT workspaces_slug_key UNIQUE,
        name text NOT NULL,
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        version integer NOT NULL DEFAULT 1
      )`);
    this.addSql(`CREATE INDEX workspaces_organization ON workspaces (organization_id, created_at, id)`);
    this.addSql(`
      CREATE TABLE workspace_members (
        id text PRIMARY KEY,
        workspace_id text NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
        user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        role text NOT NULL CHECK (role IN ('MANAGER', 'MEMBER')),
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        version integer NOT NULL DEFAULT 1,
        CONSTRAINT workspace_members_user_key UNIQUE (workspace_id, user_id)
      )`);
    this.addSql(`CREATE INDEX workspace_members_page ON workspace_members (workspace_id, created_at, id)`);
    this.addSql(`CREATE INDEX workspace_members_user ON workspace_members (user_id)`);
    this.addSql(`
      CREATE TABLE api_keys (
        id text PRIMARY KEY,
        organization_id text NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
        workspace_id text REFERENCES workspaces (id) ON DELETE CASCADE,
        user_id text REFERENCES users (id) ON DELETE CASCADE,
        kind text NOT NULL CHECK (kind IN ('SERVICE', 'USER')),
        name text NOT NULL,
        lookup text NOT NULL CONSTRAINT api_keys_lookup_key UNIQUE,
        hash text NOT NULL,
        scopes text[] NOT NULL,
        expires_at timestamptz(3),
        revoked_at timestamptz(3),
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        version integer NOT NULL DEFAULT 1,
        CHECK ((kind = 'USER') = (user_id IS NOT NULL)),
        CHECK (kind = 'USER' OR workspace_id IS NOT NULL)
      )`);
    this.addSql(`CREATE INDEX api_keys_workspace ON api_keys (workspace_id, created_at, id)`);
    this.addSql(`CREATE INDEX api_keys_organization ON api_keys (organization_id, created_at, id)`);
    this.addSql(`CREATE INDEX api_keys_user ON api_keys (user_id)`);
    this.addSql(`
      CREATE TABLE idempotent_requests (
        caller text NOT NULL,
        key text NOT NULL,
        digest text NOT NULL,
        answer jsonb NOT NULL,
        expires_at timestamptz(3) NOT NULL,
        PRIMARY KEY (caller, key)
      )`);
    this.addSql(`CREATE INDEX idempotent_requests_expiry ON idempotent_requests (expires_at)`);
  }
}
