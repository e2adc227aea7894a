import type { ServerResponse } from 'node:http';
import type { EntityManager } from '@mikro-orm/postgresql';
import { isOwnForm, type WebSessions } from '../../identity/index.ts';
import { sendPage, sendRedirect, type PageRequest, type PageRoute } from '../../pages/index.ts';
import type { ConsentService } from '../consents/consent-service.ts';
import { FOREIGN_FORM_PAGE } from '../interaction/refusal-pages.ts';
import { toAllowedClientsPage, type AllowedClient } from './allowed-clients-page.ts';

/** What the page works with. */
export interface AllowedClientsParts {
  readonly em: EntityManager;
  readonly sessions: Pick<WebSessions, 'find'>;
  readonly consents: ConsentService;
}

const PATH = '/account/clients';
const SIGN_IN = `/sign-in?${new URLSearchParams({ return_to: PATH }).toString()}`;
/** More are on the API; nobody reads as many. */
const MAX_SHOWN = 200;

const CLIENTS = `
  SELECT c.id AS "consentId", c.client_name AS "clientName", c.client_id AS "clientId", s.name AS "serverName", w.name AS "workspaceName",
         to_char(c.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS "allowedOn", to_char(c.last_used_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS "lastUsedOn"
  FROM consents c JOIN mcp_servers s ON s.id = c.mcp_server_id JOIN workspaces w ON w.id = c.workspace_id
  WHERE c.user_id = ? ORDER BY c.last_used_at DESC, c.id LIMIT ${MAX_SHOWN}`;

/** The page of what a person allowed. */
export class AllowedClientsRoutes {
  readonly #parts: AllowedClientsParts;

  constructor(parts: AllowedClientsParts) {
    this.#parts = parts;
  }

  list(): PageRoute[] {
    return [
      { method: 'GET', path: PATH, handle: (request, res) => this.#show(request, res) },
      { method: 'POST', path: `${PATH}/revoke`, handle: (request, res) => this.#revoke(request, res) },
    ];
  }

  async #show({ req, url }: PageRequest, res: ServerResponse): Promise<void> {
    const session = await this.#parts.sessions.find(req);
    if (session === undefined) return sendRedirect(res, SIGN_IN);
    const clients = await this.#parts.em.fork().execute<AllowedClient[]>(CLIENTS, [session.userId]);
    const success = url.searchParams.has('revoked') ? 'The application is not allowed any longer.' : undefined;
    return sendPage(res, toAllowedClientsPage({ clients, session, success }));
  }

  async #revoke({ req, form }: PageRequest, res: ServerResponse): Promise<void> {
    const session = await this.#parts.sessions.find(req);
    if (session === undefined) return sendRedirect(res, SIGN_IN);
    if (!isOwnForm(form, session)) return sendPage(res, FOREIGN_FORM_PAGE);
    await this.#parts.consents.revokeOwn(session.userId, form.get('consent') ?? '');
    return sendRedirect(res, `${PATH}?revoked=1`);
  }
}
