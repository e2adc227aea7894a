import type { ServerResponse } from 'node:http';
import type { EntityManager } from '@mikro-orm/postgresql';
import { readPersonAccess } from '../../api-keys/index.ts';
import type { Clock } from '../../../foundation/clock.ts';
import { isOwnForm, type WebSession, type WebSessions } from '../../identity/index.ts';
import { sendOnward, sendPage, sendRedirect, type PageRequest, type PageRoute } from '../../pages/index.ts';
import type { ConnectionService } from '../connection-service.ts';
import type { UpstreamConnect } from '../oauth/upstream-connect.ts';
import { FOREIGN_FORM } from './outcome-pages.ts';
import { listOwnConnections, type OwnConnection } from './own-connections.ts';
import { toOwnConnectionsPage, type Notice } from './own-connections-page.ts';

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
const FOREIGN: Notice = { kind: 'error', message: FOREIGN_FORM };

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
