import type { ServerResponse } from 'node:http';
import type { EntityManager } from '@mikro-orm/postgresql';
import { readPersonAccess } from '../../api-keys/index.ts';
import type { Clock } from '../../../foundation/clock.ts';
import { isOwnForm, type WebSession, type WebSessions } from '../../identity/index.ts';
import { isLocalPath, sendOnward, sendPage, sendRedirect, type PageRequest, type PageRoute } from '../../pages/index.ts';
import type { ConnectionService } from '../connection-service.ts';
import type { UpstreamConnect } from '../oauth/upstream-connect.ts';
import { listOwnConnections, type OwnConnection } from './own-connections.ts';
import { toEntryPage, toOwnConnectionsPage, type Notice } from './own-connections-page.ts';

/** What the pages work with. */
export interface OwnConnectionsParts {
  readonly em: EntityManager;
  readonly clock: Clock;
  readonly sessions: WebSessions;
  readonly connect: UpstreamConnect;
  readonly service: ConnectionService;
}

const HOME = '/account/connections';
/** By the outcome in the address. Its words are never shown: anybody could make a link with words of their own. */
const NOTICES: ReadonlyMap<string, Notice> = new Map([
  ['connected', { kind: 'success', message: 'The server is connected.' }],
  ['disconnected', { kind: 'success', message: 'The server is disconnected.' }],
  ['denied', { kind: 'error', message: 'The server is not connected: its consent was refused.' }],
  ['failed', { kind: 'error', message: 'The server could not be connected. Try again, and ask an administrator if that does not help.' }],
]);
const FOREIGN: Notice = { kind: 'error', message: 'The form was not one of this page, or the page is old. Try again.' };

/** What a request is about: the person's own servers, and the one that it names. */
interface Attended {
  readonly session: WebSession;
  readonly own: readonly OwnConnection[];
  readonly one: OwnConnection | undefined;
}

/** The pages on which people connect and disconnect what they use with accounts of their own. */
export class OwnConnectionsRoutes {
  readonly #parts: OwnConnectionsParts;

  constructor(parts: OwnConnectionsParts) {
    this.#parts = parts;
  }

  list(): PageRoute[] {
    return [
      { method: 'GET', path: HOME, handle: (request, res) => this.#show(request, res) },
      { method: 'GET', path: `${HOME}/:server`, handle: (request, res) => this.#showEntry(request, res) },
      { method: 'POST', path: `${HOME}/:server`, handle: (request, res) => this.#save(request, res) },
      { method: 'POST', path: `${HOME}/:server/connect`, handle: (request, res) => this.#connect(request, res) },
      { method: 'POST', path: `${HOME}/:server/disconnect`, handle: (request, res) => this.#disconnect(request, res) },
    ];
  }

  async #show(request: PageRequest, res: ServerResponse): Promise<void> {
    const attended = await this.#attend(request, res);
    if (attended === undefined) return;
    const notice = NOTICES.get(request.url.searchParams.get('upstream') ?? '');
    sendPage(res, toOwnConnectionsPage(attended.own, attended.session, notice));
  }

  async #showEntry(request: PageRequest, res: ServerResponse): Promise<void> {
    const attended = await this.#attend(request, res);
    if (attended === undefined) return;
    if (attended.one === undefined || attended.one.server.authentication === 'OAUTH') return sendRedirect(res, HOME);
    sendPage(res, toEntryPage(attended.one.server, attended.session, toReturn(request.url.searchParams)));
  }

  async #save(request: PageRequest, res: ServerResponse): Promise<void> {
    const attended = await this.#attendForm(request, res);
    if (attended?.one === undefined) return;
    const { server, connection } = attended.one;
    const { userId } = attended.session;
    const access = await readPersonAccess(this.#parts.em.fork(), userId);
    const values = toValues(server.authentication === 'CUSTOM_HEADERS', request.form);
    const saved =
      connection === null
        ? await this.#parts.service.create(access, { mcpServerId: server.id, subjectId: userId, ...values })
        : await this.#parts.service.update(access, connection.id, values);
    const returnTo = toReturn(request.form);
    if (!saved.ok) return sendPage(res, toEntryPage(server, attended.session, returnTo, saved.error));
    sendRedirect(res, returnTo ?? `${HOME}?upstream=connected`);
  }

  async #connect(request: PageRequest, res: ServerResponse): Promise<void> {
    const attended = await this.#attendForm(request, res);
    if (attended?.one === undefined) return;
    const { id: sessionId, userId } = attended.session;
    const started = await this.#parts.connect.start({
      serverId: attended.one.server.id,
      subjectId: userId,
      userId,
      sessionId,
      returnTo: HOME,
    });
    if (started.ok) return sendOnward(res, started.value.authorizationUrl);
    sendPage(res, toOwnConnectionsPage(attended.own, attended.session, { kind: 'error', message: started.error }));
  }

  async #disconnect(request: PageRequest, res: ServerResponse): Promise<void> {
    const attended = await this.#attendForm(request, res);
    if (attended?.one === undefined) return;
    const access = await readPersonAccess(this.#parts.em.fork(), attended.session.userId);
    if (attended.one.connection !== null) await this.#parts.service.delete(access, attended.one.connection.id);
    sendRedirect(res, `${HOME}?upstream=disconnected`);
  }

  async #attend({ req, url, params }: PageRequest, res: ServerResponse): Promise<Attended | undefined> {
    const session = await this.#parts.sessions.find(req);
    if (session === undefined) {
      sendRedirect(res, `/sign-in?return_to=${encodeURIComponent(req.method === 'GET' ? url.pathname + url.search : HOME)}`);
      return undefined;
    }
    const own = await listOwnConnections(this.#parts.em.fork(), session.userId, this.#parts.clock.nowMs());
    return { session, own, one: own.find(({ server }) => server.id === params['server']) };
  }

  /** Answers itself where the form is not the page's own, or the server is none that the person connects. */
  async #attendForm(request: PageRequest, res: ServerResponse): Promise<Attended | undefined> {
    const attended = await this.#attend(request, res);
    if (attended === undefined) return undefined;
    const isForeign = !isOwnForm(request.form, attended.session);
    if (!isForeign && attended.one !== undefined) return attended;
    if (isForeign) sendPage(res, toOwnConnectionsPage(attended.own, attended.session, FOREIGN));
    else sendRedirect(res, HOME);
    return undefined;
  }
}

function toValues(isHeader: boolean, form: URLSearchParams) {
  if (isHeader) return { headers: [{ name: form.get('name') ?? '', value: form.get('value') ?? '' }] };
  const [clientId, clientSecret] = [form.get('client_id') ?? '', form.get('client_secret') ?? ''];
  return { clientCredentials: { clientId, clientSecret, algorithm: 'ES256' } };
}

function toReturn(values: URLSearchParams): string | null {
  const returnTo = values.get('return_to');
  return returnTo !== null && isLocalPath(returnTo) ? returnTo : null;
}
