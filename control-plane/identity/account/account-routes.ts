import type { ServerResponse } from 'node:http';
import type { EntityManager } from '@mikro-orm/postgresql';
import { sendPage, sendRedirect, type PageRequest, type PageRoute } from '../../pages/index.ts';
import { readHash } from '../passwords/stored-password.ts';
import { isOwnForm } from '../sessions/csrf.ts';
import { endSessions, noteUse, type WebSession, type WebSessions } from '../sessions/web-sessions.ts';
import { explainWait, FOREIGN_FORM, WRONG_CREDENTIALS } from '../sign-in/explain-refusal.ts';
import type { ChangeRefusal, PasswordSignIn } from '../sign-in/password-sign-in.ts';
import { UserEntity } from '../user.entity.ts';
import { toAccountPage, type AccountLink, type AccountView } from './account-page.ts';

/** What a person's own pages work with. */
export interface AccountRoutesParts {
  readonly em: EntityManager;
  readonly sessions: WebSessions;
  readonly passwords: PasswordSignIn;
  /** Pages of other features about the person. */
  readonly links: readonly AccountLink[];
}

/** The pages on which a person sees who they are, and changes what only they may change. */
export class AccountRoutes {
  readonly #parts: AccountRoutesParts;

  constructor(parts: AccountRoutesParts) {
    this.#parts = parts;
  }

  list(): PageRoute[] {
    return [
      { method: 'GET', path: '/account', handle: (request, res) => this.#show(request, res) },
      { method: 'POST', path: '/account/password', handle: (request, res) => this.#changePassword(request, res) },
      { method: 'POST', path: '/account/sign-out-everywhere', handle: (request, res) => this.#signOutEverywhere(request, res) },
    ];
  }

  async #show({ req, url }: PageRequest, res: ServerResponse): Promise<void> {
    const session = await this.#parts.sessions.find(req);
    if (session === undefined) return sendSignIn(res);
    await this.#send(res, session, url.searchParams.has('password_changed') ? { success: 'Your password was changed.' } : {});
  }

  async #changePassword({ req, form, address }: PageRequest, res: ServerResponse): Promise<void> {
    const { sessions, passwords } = this.#parts;
    const session = await sessions.find(req);
    if (session === undefined) return sendSignIn(res);
    if (!isOwnForm(form, session)) return this.#send(res, session, FOREIGN_FORM);
    const [current, wanted] = [form.get('current') ?? '', form.get('password') ?? ''];
    if (wanted !== form.get('repeated')) return this.#send(res, session, { status: 422, wantedFault: 'The two entries are not the same.' });
    const changed = await passwords.changePassword(session.userId, address, current, wanted);
    if (!changed.ok) return this.#send(res, session, toView(res, changed.error));
    await sessions.start(req, res, session.userId);
    sendRedirect(res, '/account?password_changed');
  }

  async #signOutEverywhere({ req, form }: PageRequest, res: ServerResponse): Promise<void> {
    const { em, sessions } = this.#parts;
    const session = await sessions.find(req);
    if (session === undefined) return sendSignIn(res);
    if (!isOwnForm(form, session)) return this.#send(res, session, FOREIGN_FORM);
    await em.fork().transactional(async (inner) => {
      noteUse(inner, 'signOutEverywhere', session.userId);
      await endSessions(inner, session.userId);
    });
    await sessions.end(req, res);
    sendRedirect(res, '/sign-in');
  }

  async #send(res: ServerResponse, session: WebSession, rest: Partial<AccountView>): Promise<void> {
    const em = this.#parts.em.fork();
    const user = await em.findOneOrFail(UserEntity, session.userId);
    const [organization] = await em.execute<{ name: string }[]>('SELECT name FROM organizations WHERE id = ?', [session.organizationId]);
    const hasPassword = (await readHash(em, session.userId)) !== undefined;
    const { csrfToken, signedInAt } = session;
    const { links } = this.#parts;
    sendPage(res, toAccountPage({ user, organization: organization?.name ?? '', hasPassword, csrfToken, signedInAt, links, ...rest }));
  }
}

function toView(res: ServerResponse, refusal: ChangeRefusal): Partial<AccountView> {
  switch (refusal.reason) {
    case 'locked':
    case 'busy':
      return explainWait(res, refusal);
    case 'wrong':
      return { status: WRONG_CREDENTIALS.status, currentFault: 'This is not your password.' };
    case 'unusable':
      return { status: 422, wantedFault: refusal.message };
  }
}

function sendSignIn(res: ServerResponse): void {
  sendRedirect(res, '/sign-in?return_to=/account');
}
