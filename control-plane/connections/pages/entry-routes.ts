import type { ServerResponse } from 'node:http';
import type { EntityManager } from '@mikro-orm/postgresql';
import { isOwnForm, type WebSession, type WebSessions } from '../../identity/index.ts';
import type { McpServer } from '../../mcp-servers/index.ts';
import { isLocalPath, sendPage, sendRedirect, type PageRequest, type PageRoute } from '../../pages/index.ts';
import type { ConnectionService } from '../connection-service.ts';
import { ConnectionEntity } from '../connection.entity.ts';
import type { UpstreamConnect } from '../oauth/upstream-connect.ts';
import { readConnectPlace, type ConnectPlace } from './connect-place.ts';
import { toEntryPage, type EntryView } from './entry-page.ts';
import { FOREIGN_FORM, sendNothing, sendOutcome, sendToSignIn } from './outcome-pages.ts';

/** What the pages work with. */
export interface EntryRoutesParts {
  readonly em: EntityManager;
  readonly sessions: Pick<WebSessions, 'find'>;
  readonly connect: UpstreamConnect;
  readonly service: ConnectionService;
  /** Waits, within bounds, until gateways know what was just stored: the client calls at once. */
  readonly untilEnforced: () => Promise<void>;
}

/** Where the values are entered that a server in a workspace wants, whoever's credential it takes. */
export function toEntryPath(workspace: string, server: string): string {
  return `/connect/${encodeURIComponent(workspace)}/${encodeURIComponent(server)}/values`;
}

const PATH = '/connect/:workspace/:server/values';

/** The page on which whoever may connect a server enters its values: header values, or a client id and secret. */
export class EntryRoutes {
  readonly #parts: EntryRoutesParts;

  constructor(parts: EntryRoutesParts) {
    this.#parts = parts;
  }

  list(): PageRoute[] {
    return [
      { method: 'GET', path: PATH, handle: (request, res) => this.#show(request, res) },
      { method: 'POST', path: PATH, handle: (request, res) => this.#save(request, res) },
    ];
  }

  async #show(request: PageRequest, res: ServerResponse): Promise<void> {
    const session = await this.#parts.sessions.find(request.req);
    if (session === undefined) return sendToSignIn(res, request.url);
    const place = await this.#findPlace(request, session, res);
    if (place !== undefined) sendPage(res, toEntryPage(toView(place, session, toReturn(request.url.searchParams))));
  }

  async #save(request: PageRequest, res: ServerResponse): Promise<void> {
    const session = await this.#parts.sessions.find(request.req);
    if (session === undefined) return sendToSignIn(res, request.url);
    const place = await this.#findPlace(request, session, res);
    if (place === undefined) return;
    const { server, subjectId, access } = place;
    if (!isOwnForm(request.form, session)) return sendOutcome(res, 'error', server.name, FOREIGN_FORM, 403);
    const stored = await this.#parts.em.fork().findOne(ConnectionEntity, { mcpServerId: server.id, subjectId });
    const values = toValues(server, request.form);
    const saved =
      stored === null
        ? await this.#parts.service.create(access, { mcpServerId: server.id, subjectId, ...values })
        : await this.#parts.service.update(access, stored.id, values);
    const returnTo = toReturn(request.form);
    if (!saved.ok) return sendPage(res, toEntryPage({ ...toView(place, session, returnTo), faults: saved.error }));
    await this.#parts.untilEnforced();
    if (returnTo !== null) return sendRedirect(res, returnTo);
    sendOutcome(res, 'success', server.name, `${server.name} is connected. You can close this page.`);
  }

  /** Answers itself where there is no such server, or the person is not the one to connect it. */
  async #findPlace({ params }: PageRequest, session: WebSession, res: ServerResponse): Promise<ConnectPlace | undefined> {
    const em = this.#parts.em.fork();
    const place = await readConnectPlace(em, session, params);
    const takesValues = place?.server.authentication === 'CUSTOM_HEADERS' || place?.server.authentication === 'CLIENT_CREDENTIALS';
    if (place === undefined || !takesValues) {
      sendNothing(res);
      return undefined;
    }
    const allowed = await this.#parts.connect.checkAllowed(em, place.access, place.server, place.subjectId);
    if (allowed.ok) return place;
    sendOutcome(res, 'error', place.server.name, allowed.error, 403);
    return undefined;
  }
}

function toView({ server, workspace }: ConnectPlace, session: WebSession, returnTo: string | null): EntryView {
  return { server, session, action: toEntryPath(workspace.slug, server.slug), workspaceName: workspace.name, returnTo };
}

function toValues({ authentication, headerNames }: McpServer, form: URLSearchParams) {
  if (authentication === 'CUSTOM_HEADERS') {
    if (headerNames == null) return { headers: [{ name: form.get('name') ?? '', value: form.get('value') ?? '' }] };
    return { headers: headerNames.map((name, i) => ({ name, value: form.get(`value-${i}`) ?? '' })) };
  }
  const [clientId, clientSecret] = [form.get('client_id') ?? '', form.get('client_secret') ?? ''];
  return { clientCredentials: { clientId, clientSecret, algorithm: 'ES256' } };
}

function toReturn(values: URLSearchParams): string | null {
  const returnTo = values.get('return_to');
  return returnTo !== null && isLocalPath(returnTo) ? returnTo : null;
}
