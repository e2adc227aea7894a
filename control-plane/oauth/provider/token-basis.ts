// Trust boundary: what a token rests on. It is looked up whenever a token is given out, so that nothing that was revoked is renewed.
import type { EntityManager } from '@mikro-orm/postgresql';
import { errors } from 'oidc-provider';
import { decideServerAccess } from '../../../contract/access-decision.ts';
import type { UserAccess } from '../../../contract/snapshot.ts';
import type { Clock } from '../../../foundation/clock.ts';
import type { ProtectedServer, ServerDirectory } from '../server-directory.ts';

/** Why a person may not use a server. */
export type NoAccess = 'no_member' | 'denied';

/** A code or a refresh token that is presented, or a token that is about to be given out. */
interface PresentedToken {
  readonly clientId?: string | undefined;
  readonly resource?: string | readonly string[] | undefined;
}

/** Whether the person's connection to what is behind a server can be used; see `UpstreamStep`. */
export type IsUpstreamReady = (server: ProtectedServer, userId: string) => Promise<boolean>;

/** How exactly is known when a consent was last used: not every token writes. */
const USED_PRECISION_MS = 5 * 60_000;

interface AccessRow {
  readonly is_member: boolean;
  readonly grant_id: string;
  readonly default_user_access: UserAccess;
  readonly override: UserAccess | null;
}

/** The person, their membership, the grant, their consent and their connection. */
export class TokenBasis {
  readonly #em: EntityManager;
  readonly #clock: Clock;
  readonly #servers: ServerDirectory;
  readonly #isUpstreamReady: IsUpstreamReady;

  constructor(parts: { em: EntityManager; clock: Clock; servers: ServerDirectory; isUpstreamReady: IsUpstreamReady }) {
    this.#em = parts.em;
    this.#clock = parts.clock;
    this.#servers = parts.servers;
    this.#isUpstreamReady = parts.isUpstreamReady;
  }

  /** Whether the person may still have what was promised to them; without a token, whether they are there at all. */
  async isGood(userId: string, token: PresentedToken | undefined): Promise<boolean> {
    const em = this.#em.fork();
    const people = await em.execute<unknown[]>('SELECT id FROM users WHERE id = ? AND enabled AND NOT is_locked(id)', [userId]);
    if (people.length === 0) return false;
    if (token?.clientId === undefined || typeof token.resource !== 'string') return token === undefined;
    const server = await this.#servers.read(token.resource);
    if (server === undefined || (await this.findNoAccess(em, server, userId)) !== undefined) return false;
    const consent = await this.#readConsentId(em, server, userId, token.clientId);
    return consent !== undefined && (await this.#isUpstreamReady(server, userId));
  }

  /** Why the person may not use the server; undefined where they may. The same rule that gateways decide by. */
  async findNoAccess(em: EntityManager, server: ProtectedServer, userId: string): Promise<NoAccess | undefined> {
    const [row] = await em.execute<AccessRow[]>(
      `SELECT EXISTS (SELECT 1 FROM workspace_members m JOIN users u ON u.id = m.user_id
                      WHERE m.workspace_id = g.workspace_id AND m.user_id = ?
                        AND u.enabled AND NOT is_locked(u.id)) AS is_member,
              g.id AS grant_id, g.default_user_access, o.access AS override
       FROM access_grants g LEFT JOIN access_grant_user_overrides o ON o.access_grant_id = g.id AND o.user_id = ?
       WHERE g.workspace_id = ? AND g.mcp_server_id = ? AND g.enabled`,
      [userId, userId, server.workspaceId, server.serverId],
    );
    if (row === undefined) return 'denied';
    if (!row.is_member) return 'no_member';
    const route = {
      slug: '',
      serverId: server.serverId,
      grantId: row.grant_id,
      defaultUserAccess: row.default_user_access,
      ...(row.override !== null && { userOverrides: { [userId]: row.override } }),
    };
    return decideServerAccess(route, { kind: 'USER', userId }).access === 'ALLOW' ? undefined : 'denied';
  }

  /**
   * The consent that an access token rests on, marked as used.
   * @throws {errors.InvalidGrant} where there is none any longer.
   */
  async loadConsentId(token: { readonly accountId?: unknown; readonly clientId?: unknown; readonly aud?: unknown }): Promise<string> {
    const { accountId, clientId, aud } = token;
    const em = this.#em.fork();
    const server = typeof aud === 'string' ? await this.#servers.read(aud) : undefined;
    const isComplete = typeof accountId === 'string' && typeof clientId === 'string' && server !== undefined;
    const id = isComplete ? await this.#readConsentId(em, server, accountId, clientId) : undefined;
    if (id === undefined) throw new errors.InvalidGrant('the person does not allow this any longer');
    const now = new Date(this.#clock.nowMs());
    await em.execute('UPDATE consents SET last_used_at = ? WHERE id = ? AND last_used_at < ?', [
      now,
      id,
      new Date(now.getTime() - USED_PRECISION_MS),
    ]);
    return id;
  }

  async #readConsentId(em: EntityManager, server: ProtectedServer, userId: string, clientId: string): Promise<string | undefined> {
    const [row] = await em.execute<{ id: string }[]>(
      'SELECT id FROM consents WHERE user_id = ? AND client_id = ? AND workspace_id = ? AND mcp_server_id = ?',
      [userId, clientId, server.workspaceId, server.serverId],
    );
    return row?.id;
  }
}
