import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

/** How large a hub is. Every workspace is granted every server. */
export interface HubSize {
  readonly workspaces: number;
  readonly servers: number;
}

/** One grant, and how its route is called. */
export interface SeededGrant {
  readonly grantId: string;
  readonly workspaceId: string;
  readonly path: string;
  /** Of a workspace that is granted the same server, for calls that no change is about; the same one where there is no other. */
  readonly load: { readonly workspaceId: string; readonly path: string };
}

const ORGANIZATION_ID = 'org_propagationaaaaaaaaaaaaa';

/**
 * Fills an empty database with a hub, past the API, which would take minutes. What is written here is not marked in the outbox, so it has
 * to be there before a control plane starts for the first time.
 */
export async function seedHub(databaseUrl: string, { workspaces, servers }: HubSize, upstreamUrl: string): Promise<SeededGrant> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(
      `INSERT INTO organizations (id, slug, name, created_at, updated_at) VALUES ($1, 'propagation', 'Propagation', now(), now())`,
      [ORGANIZATION_ID],
    );
    await client.query(
      `INSERT INTO workspaces (id, organization_id, slug, name, created_at, updated_at)
       SELECT 'ws_' || left(md5('w' || n), 24), $1, 'workspace-' || n, 'Workspace ' || n, now(), now() FROM generate_series(1, $2::int) n`,
      [ORGANIZATION_ID, workspaces],
    );
    await client.query(
      `INSERT INTO mcp_servers
         (id, organization_id, slug, name, url, canonical_url, transport, authentication, granularity, enabled, max_request_bytes, created_at, updated_at)
       SELECT 'mcps_' || left(md5('s' || n), 24), $1, 'server-' || n, 'Server ' || n, url, url,
         'STREAMABLE_HTTP', 'NONE', 'ORGANIZATION', true, 4194304, now(), now()
       FROM generate_series(1, $2::int) n, LATERAL (SELECT $3 || '?server=' || n AS url)`,
      [ORGANIZATION_ID, servers, upstreamUrl],
    );
    await client.query(
      `INSERT INTO access_grants (id, workspace_id, mcp_server_id, enabled, default_user_access, created_at, updated_at)
       SELECT 'grant_' || left(md5(w.id || s.id), 24), w.id, s.id, true, 'ALLOW', now(), now() FROM workspaces w, mcp_servers s`,
    );
    const { rows } = await client.query<{ id: string; workspace_id: string; workspace: string; server: string }>(
      `SELECT g.id, g.workspace_id, w.slug AS workspace, s.slug AS server
       FROM access_grants g JOIN workspaces w ON w.id = g.workspace_id JOIN mcp_servers s ON s.id = g.mcp_server_id
       ORDER BY g.id OFFSET $1 LIMIT 1`,
      [randomBytes(4).readUInt32BE() % (workspaces * servers)],
    );
    const { id, workspace_id: workspaceId, workspace, server } = rows[0]!;
    const { rows: others } = await client.query<{ id: string; slug: string }>(
      `SELECT id, slug FROM workspaces ORDER BY id = $1, id LIMIT 1`,
      [workspaceId],
    );
    const load = { workspaceId: others[0]!.id, path: `/${others[0]!.slug}/${server}/mcp` };
    return { grantId: id, workspaceId, path: `/${workspace}/${server}/mcp`, load };
  } finally {
    await client.end();
  }
}
