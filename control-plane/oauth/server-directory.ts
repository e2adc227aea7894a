import type { EntityManager } from '@mikro-orm/postgresql';
import { toServerUrl } from '../../contract/access-token.ts';

/** A server in a workspace, as far as a token can be for it. */
export interface ProtectedServer {
  /** What tokens name; see `toServerUrl`. */
  readonly url: string;
  readonly serverId: string;
  readonly serverName: string;
  readonly workspaceId: string;
  readonly workspaceName: string;
  readonly organizationId: string;
  readonly organizationSlug: string;
}

/** A server with what decides whether a person may use it. */
interface ServerRow {
  readonly server_id: string;
  readonly server_slug: string;
  readonly server_name: string;
  readonly workspace_id: string;
  readonly workspace_slug: string;
  readonly workspace_name: string;
  readonly organization_id: string;
  readonly organization_slug: string;
}

const SERVER = `
  SELECT s.id AS server_id, s.slug AS server_slug, s.name AS server_name, w.id AS workspace_id, w.slug AS workspace_slug,
         w.name AS workspace_name, o.id AS organization_id, o.slug AS organization_slug
  FROM access_grants g
  JOIN mcp_servers s ON s.id = g.mcp_server_id
  JOIN workspaces w ON w.id = g.workspace_id
  JOIN organizations o ON o.id = w.organization_id
  WHERE g.enabled AND s.enabled AND NOT is_locked(s.id) AND NOT is_locked(w.id) AND (w.slug = ? OR w.id = ?) AND (s.slug = ? OR s.id = ?)
  LIMIT 1`;

/** The server URLs that tokens can be for. */
export class ServerDirectory {
  readonly #em: EntityManager;
  readonly #gatewayUrl: URL;

  constructor(em: EntityManager, gatewayUrl: string) {
    this.#em = em;
    this.#gatewayUrl = new URL(gatewayUrl);
  }

  /** The server at a URL, by slugs or ids; undefined where there is none or it is disabled. */
  async read(url: string): Promise<ProtectedServer | undefined> {
    const [workspace, server] = this.#parse(url) ?? [];
    if (workspace === undefined || server === undefined) return undefined;
    const [row] = await this.#em.fork().execute<ServerRow[]>(SERVER, [workspace, workspace, server, server]);
    return row === undefined ? undefined : this.#toServer(row);
  }

  /** The one form of a server's URL; what is none comes back as it is. */
  readonly canonicalize = async (url: string): Promise<string> => (await this.read(url))?.url ?? url;

  #toServer(row: ServerRow): ProtectedServer {
    return {
      url: toServerUrl(this.#gatewayUrl.href, row.workspace_slug, row.server_slug),
      serverId: row.server_id,
      serverName: row.server_name,
      workspaceId: row.workspace_id,
      workspaceName: row.workspace_name,
      organizationId: row.organization_id,
      organizationSlug: row.organization_slug,
    };
  }

  /** Workspace and server of a URL below the gateway's. */
  #parse(text: string): readonly string[] | undefined {
    if (!URL.canParse(text)) return undefined;
    const url = new URL(text);
    const base = this.#gatewayUrl.pathname.replace(/\/+$/, '');
    if (url.origin !== this.#gatewayUrl.origin || !url.pathname.startsWith(`${base}/`) || url.search !== '' || url.hash !== '')
      return undefined;
    const parts = url.pathname.slice(base.length).replace(/\/+$/, '').split('/');
    return parts.length === 4 && parts[3] === 'mcp' ? parts.slice(1, 3) : undefined;
  }
}
