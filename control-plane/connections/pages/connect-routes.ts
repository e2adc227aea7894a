import type { ServerResponse } from 'node:http';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { WebSessions } from '../../identity/index.ts';
import { sendRedirect, type PageRequest, type PageRoute } from '../../pages/index.ts';
import { CALLBACK_PATH, CLIENT_DOCUMENT_PATH, toClientDocument, type GatewayClient } from '../oauth/gateway-client.ts';
import type { ConnectOutcome, UpstreamConnect } from '../oauth/upstream-connect.ts';
import { readConnectPlace } from './connect-place.ts';
import { toEntryPath } from './entry-routes.ts';
import { sendNothing, sendOutcome, sendToSignIn } from './outcome-pages.ts';

/** What the pages work with. */
export interface ConnectRoutesParts {
  readonly em: EntityManager;
  readonly sessions: WebSessions;
  readonly connect: UpstreamConnect;
  readonly gatewayClient: GatewayClient;
  /** Waits, within bounds, until gateways know what was just stored: the client calls at once. */
  readonly untilEnforced: () => Promise<void>;
}

/** The pages by which a person connects an upstream. */
export class ConnectRoutes {
  readonly #parts: ConnectRoutesParts;

  constructor(parts: ConnectRoutesParts) {
    this.#parts = parts;
  }

  list(): PageRoute[] {
    return [
      { method: 'GET', path: CLIENT_DOCUMENT_PATH, handle: (_request, res) => this.#sendDocument(res) },
      { method: 'GET', path: CALLBACK_PATH, handle: (request, res) => this.#finish(request, res) },
      { method: 'GET', path: '/connect/:workspace/:server', handle: (request, res) => this.#start(request, res) },
    ];
  }

  /** For anybody: authorization servers read it. */
  #sendDocument(res: ServerResponse): void {
    const { gatewayClient } = this.#parts;
    if (gatewayClient.documentUrl === undefined) return sendNothing(res);
    res.writeHead(200, {
      'content-type': 'application/json',
      'cache-control': 'public, max-age=3600',
      'x-content-type-options': 'nosniff',
    });
    res.end(JSON.stringify(toClientDocument(gatewayClient)));
  }

  /** The link that callers get who have no connection yet. What the person does not see is answered like what does not exist. */
  async #start({ req, url, params }: PageRequest, res: ServerResponse): Promise<void> {
    const session = await this.#parts.sessions.find(req);
    if (session === undefined) return sendToSignIn(res, url);
    const em = this.#parts.em.fork();
    const place = await readConnectPlace(em, session, params);
    if (place === undefined) return sendNothing(res);
    const { server, workspace } = place;
    const need = await this.#parts.connect.findNeed(em, { server, workspaceId: workspace.id, user: { id: session.userId } });
    switch (need.kind) {
      case 'none':
        return sendOutcome(res, 'success', server.name, `${server.name} is connected. You can close this page.`);
      case 'ask':
        return sendOutcome(res, 'error', server.name, need.whom, 403);
      case 'enter_headers':
        return sendRedirect(res, toEntryPath(workspace.slug, server.slug));
      case 'connect': {
        const request = { serverId: server.id, subjectId: need.subjectId, userId: session.userId, sessionId: session.id, returnTo: null };
        const started = await this.#parts.connect.start(request);
        if (started.ok) return sendRedirect(res, started.value.authorizationUrl);
        return sendOutcome(res, 'error', server.name, started.error, 502);
      }
    }
  }

  /** The person is back from the upstream's consent page. */
  async #finish({ req, url }: PageRequest, res: ServerResponse): Promise<void> {
    const session = await this.#parts.sessions.find(req);
    if (session === undefined) return sendToSignIn(res, url);
    const answer = (name: string) => url.searchParams.get(name) ?? undefined;
    const outcome = await this.#parts.connect.finish(
      { state: answer('state') ?? '', code: answer('code'), iss: answer('iss'), error: answer('error') },
      session,
    );
    const { kind, returnTo, message } = outcome;
    if (kind === 'connected') await this.#parts.untilEnforced();
    const title = outcome.server?.name ?? 'Connect';
    if (returnTo !== null) return sendRedirect(res, withOutcome(returnTo, outcome));
    if (kind === 'connected') return sendOutcome(res, 'success', title, `${message} You can close this page.`);
    sendOutcome(res, 'error', title, message, 400);
  }
}

/** The page that the person came from finds out by a parameter how it went. */
function withOutcome(returnTo: string, { kind, message }: ConnectOutcome): string {
  const url = new URL(returnTo, 'http://localhost');
  url.searchParams.set('upstream', kind);
  if (kind !== 'connected') url.searchParams.set('error', message);
  return url.pathname + url.search + url.hash;
}
