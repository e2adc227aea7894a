// Trust boundary: what happens between a client's request and its code. Every step is decided anew whenever the page is opened: who is
// signed in, whether they may use the server, whether they allowed this client to, whether the server itself lets them in. A code is
// made only where all of it holds.
import type { ServerResponse } from 'node:http';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { InteractionResults, Provider } from 'oidc-provider';
import { CALL_TOKEN_SCOPE } from '../../../contract/access-token.ts';
import type { Clock } from '../../../foundation/clock.ts';
import { err, ok, type Result } from '../../../foundation/result.ts';
import { isOwnForm, UserEntity, type User, type WebSession, type WebSessions } from '../../identity/index.ts';
import { sendOnward, sendPage, sendRedirect, type PageRequest, type PageRoute } from '../../pages/index.ts';
import type { Consent } from '../consents/consent.entity.ts';
import type { ConsentRequest, ConsentService } from '../consents/consent-service.ts';
import type { TokenBasis } from '../provider/token-basis.ts';
import type { ProtectedServer, ServerDirectory } from '../server-directory.ts';
import { toRedirectTarget } from '../shim/redirect-target.ts';
import { toClientView, type ClientView } from './client-view.ts';
import { toConsentPage } from './consent-page.ts';
import { readInteraction, type OpenInteraction } from './open-interaction.ts';
import { EXPIRED_PAGE, FOREIGN_FORM_PAGE, toAskPage, toConnectFailedPage, toNoAccessPage } from './refusal-pages.ts';
import type { UpstreamStep } from './upstream-step.ts';

/** What the pages between request and code work with. */
export interface InteractionParts {
  readonly em: EntityManager;
  readonly clock: Clock;
  readonly provider: () => Provider;
  readonly sessions: Pick<WebSessions, 'find'>;
  readonly servers: ServerDirectory;
  readonly consents: ConsentService;
  readonly basis: TokenBasis;
  readonly upstream: UpstreamStep;
  /** Waits, within bounds, until gateways know what was just allowed: the client calls at once. */
  readonly untilEnforced: () => Promise<void>;
}

/** A request of a client in the hands of a person who is signed in. */
interface Attended {
  readonly interaction: OpenInteraction;
  readonly session: WebSession;
  readonly user: User;
  readonly server: ProtectedServer;
  readonly client: ClientView;
  readonly request: ConsentRequest;
}

/** Why a person who was at the upstream is not connected. */
function explainOutcome(outcome: string): string {
  return outcome === 'denied'
    ? 'You did not let Sluice in at the server, and without that no application can use it.'
    : 'The server did not let Sluice in.';
}

/** The pages between a client's request and its code. */
export class InteractionRoutes {
  readonly #parts: InteractionParts;

  constructor(parts: InteractionParts) {
    this.#parts = parts;
  }

  list(): PageRoute[] {
    return [
      { method: 'GET', path: '/oauth/interaction/:uid', handle: (request, res) => this.#show(request, res) },
      { method: 'POST', path: '/oauth/interaction/:uid', handle: (request, res) => this.#decide(request, res) },
    ];
  }

  async #show(page: PageRequest, res: ServerResponse): Promise<void> {
    const opened = await this.#attend(page, res);
    if (!opened.ok) return opened.error();
    const attended = opened.value;
    if (await this.#refuseAccess(attended, res)) return;
    const { interaction, user, server, client, session, request } = attended;
    const need = await this.#parts.upstream.findNeed(server, user.id);
    const consent = await this.#findConsent(attended);
    if (consent === undefined) {
      const upstream = need.kind === 'connect' ? { scopes: await this.#parts.upstream.findScopes(server, need.subjectId) } : undefined;
      return sendPage(res, toConsentPage({ client, server, session, email: user.email, upstream }));
    }
    const back = { clientName: request.clientName, session };
    switch (need.kind) {
      case 'none':
        return this.#finish(page, res, attended, consent);
      case 'ask':
        return sendPage(res, toAskPage(need.whom, server, back));
      case 'enter_headers':
        return sendOnward(res, `${need.path}?return_to=${encodeURIComponent(interaction.path)}`);
      case 'connect': {
        // Who comes back from there and still has no connection is not sent there again without being asked.
        const outcome = page.url.searchParams.get('upstream');
        if (outcome !== null) return sendPage(res, toConnectFailedPage(server, explainOutcome(outcome), interaction.path, back));
        const { subjectId } = need;
        const step = { server, subjectId, userId: user.id, sessionId: session.id, returnTo: interaction.path };
        const started = await this.#parts.upstream.start(step);
        if (!started.ok) return sendPage(res, toConnectFailedPage(server, started.error.message, interaction.path, back));
        return sendOnward(res, started.value.authorizationUrl);
      }
    }
  }

  async #decide(page: PageRequest, res: ServerResponse): Promise<void> {
    const opened = await this.#attend(page, res);
    if (!opened.ok) return opened.error();
    const attended = opened.value;
    if (!isOwnForm(page.form, attended.session)) return sendPage(res, FOREIGN_FORM_PAGE);
    if (page.form.get('decision') !== 'allow')
      return this.#send(page, res, { error: 'access_denied', error_description: 'the person did not allow it' });
    if (await this.#refuseAccess(attended, res)) return;
    await this.#parts.consents.record(attended.request);
    return sendRedirect(res, attended.interaction.path);
  }

  /** Everything that has to be known before anything is decided, or what to answer instead. */
  async #attend(page: PageRequest, res: ServerResponse): Promise<Result<Attended, () => Promise<void> | void>> {
    const interaction = await readInteraction(this.#parts.provider(), page, res);
    if (interaction === undefined) return err(() => sendPage(res, EXPIRED_PAGE));
    const server = await this.#parts.servers.read(interaction.resource);
    if (server === undefined)
      return err(() => this.#send(page, res, { error: 'invalid_target', error_description: 'there is no such MCP server' }));
    const session = await this.#parts.sessions.find(page.req);
    const user = session === undefined ? null : await this.#parts.em.fork().findOne(UserEntity, session.userId);
    if (session === undefined || user === null || session.organizationId !== server.organizationId) {
      const query = new URLSearchParams({ return_to: interaction.path, organization: server.organizationSlug });
      return err(() => sendRedirect(res, `/sign-in?${query.toString()}`));
    }
    const client = toClientView(interaction.client, interaction.redirectUri);
    const { clientId } = interaction.client;
    const redirectTarget = toRedirectTarget(interaction.redirectUri);
    return ok({
      interaction,
      session,
      user,
      server,
      client,
      request: { userId: user.id, clientId, clientName: client.name, redirectTarget, server },
    });
  }

  async #refuseAccess({ server, user, session, request }: Attended, res: ServerResponse): Promise<boolean> {
    const reason = await this.#parts.basis.findNoAccess(this.#parts.em.fork(), server, user.id);
    if (reason === undefined) return false;
    sendPage(res, toNoAccessPage(reason, server, user.email, { clientName: request.clientName, session }));
    return true;
  }

  /** What covers the request. A client that insists on asking gets an answer that was given since it did. */
  async #findConsent({ interaction, request }: Attended): Promise<Consent | undefined> {
    const consent = await this.#parts.consents.find(request);
    const isRecent = consent !== undefined && consent.updatedAt.getTime() >= interaction.beganAtMs;
    return interaction.prompts.includes('consent') && !isRecent ? undefined : consent;
  }

  async #finish(page: PageRequest, res: ServerResponse, { user, server, request }: Attended, consent: Consent): Promise<void> {
    const provider = this.#parts.provider();
    await this.#parts.untilEnforced();
    const grant = new provider.Grant({ accountId: user.id, clientId: request.clientId });
    grant.addResourceScope(server.url, CALL_TOKEN_SCOPE);
    const grantId = await grant.save();
    const em = this.#parts.em.fork();
    // The grant goes with the consent, however that goes. Where it is gone by now, no token will be given on the grant.
    await em.execute(`UPDATE oauth_records SET consent_id = (SELECT id FROM consents WHERE id = ?) WHERE model = 'Grant' AND id = ?`, [
      consent.id,
      grantId,
    ]);
    await em.execute(`UPDATE oauth_records SET used_at = ? WHERE model = 'Client' AND id = ?`, [
      new Date(this.#parts.clock.nowMs()),
      request.clientId,
    ]);
    return this.#send(page, res, { login: { accountId: user.id }, consent: { grantId } });
  }

  async #send({ req }: PageRequest, res: ServerResponse, result: InteractionResults): Promise<void> {
    const returnTo = await this.#parts.provider().interactionResult(req, res, result, { mergeWithLastSubmission: false });
    sendOnward(res, returnTo);
  }
}
