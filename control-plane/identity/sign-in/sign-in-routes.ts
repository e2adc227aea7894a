import type { ServerResponse } from 'node:http';
import { isLocalPath, sendOnward, sendPage, sendRedirect, type PageRequest, type PageRoute } from '../../pages/index.ts';
import { isOwnForm } from '../sessions/csrf.ts';
import type { WebSessions } from '../sessions/web-sessions.ts';
import { findBrowserForm, openBrowserForm } from './browser-form.ts';
import { explainWait, FOREIGN_FORM, WRONG_CREDENTIALS } from './explain-refusal.ts';
import type { PasswordSignIn, SignInRefusal } from './password-sign-in.ts';
import { toSignInPage, type ProviderOffer, type SignInView } from './sign-in-page.ts';

/** What the pages work with on which people sign in and out. */
export interface SignInRoutesParts {
  /** Where people are led who came to sign in and for nothing else. */
  readonly home: string;
  readonly sessions: WebSessions;
  readonly passwords: PasswordSignIn;
  /** Providers by which people of an organization sign in, by its slug; without one, those that can be offered to anybody. */
  readonly listOffers: (organization: string | undefined) => Promise<readonly ProviderOffer[]>;
  /** Whether an organization's slug is the one that a person belongs to. */
  readonly isMember: (userOrganizationId: string, slug: string) => Promise<boolean>;
}

/** The pages on which people sign in and out. */
export class SignInRoutes {
  readonly #parts: SignInRoutesParts;

  constructor(parts: SignInRoutesParts) {
    this.#parts = parts;
  }

  list(): PageRoute[] {
    return [
      { method: 'GET', path: '/sign-in', handle: (request, res) => this.#show(request, res) },
      { method: 'POST', path: '/sign-in', handle: (request, res) => this.#signIn(request, res) },
      { method: 'POST', path: '/sign-out', handle: (request, res) => this.#signOut(request, res) },
    ];
  }

  /** Who is signed in already is led on, unless an account of another organization is wanted. */
  async #show({ req, url }: PageRequest, res: ServerResponse): Promise<void> {
    const target = readTarget(url.searchParams, this.#parts.home);
    const session = await this.#parts.sessions.find(req);
    if (session !== undefined && (await this.#suffices(session.organizationId, target.organization)))
      return sendRedirect(res, target.returnTo);
    const { csrfToken } = openBrowserForm(req, res, this.#parts.sessions.cookies);
    const offers = await this.#parts.listOffers(target.organization);
    const fault = session === undefined ? undefined : 'This needs an account of another organization than the one you are signed in with.';
    sendPage(res, toSignInPage({ ...target, csrfToken, offers, email: '', fault }));
  }

  async #signIn({ req, form, address }: PageRequest, res: ServerResponse): Promise<void> {
    const { sessions, passwords } = this.#parts;
    const browserForm = findBrowserForm(req, sessions.cookies);
    const { csrfToken } = browserForm ?? openBrowserForm(req, res, sessions.cookies);
    const email = form.get('email')?.trim() ?? '';
    const target = readTarget(form, this.#parts.home);
    const view: SignInView = { ...target, csrfToken, email, offers: await this.#parts.listOffers(target.organization) };
    if (browserForm === undefined || !isOwnForm(form, browserForm)) return sendPage(res, toSignInPage({ ...view, ...FOREIGN_FORM }));
    const signedIn = await passwords.signIn({ email, password: form.get('password') ?? '', organization: view.organization, address });
    if (!signedIn.ok) return sendPage(res, toSignInPage({ ...view, ...toView(res, signedIn.error) }));
    await sessions.start(req, res, signedIn.value, 'password');
    sendOnward(res, view.returnTo);
  }

  async #signOut({ req, form }: PageRequest, res: ServerResponse): Promise<void> {
    const session = await this.#parts.sessions.find(req);
    if (session !== undefined && !isOwnForm(form, session)) return sendRedirect(res, this.#parts.home);
    await this.#parts.sessions.end(req, res);
    sendRedirect(res, '/sign-in');
  }

  async #suffices(organizationId: string, wanted: string | undefined): Promise<boolean> {
    return wanted === undefined || (await this.#parts.isMember(organizationId, wanted));
  }
}

function toView(res: ServerResponse, refusal: SignInRefusal): Partial<SignInView> {
  switch (refusal.reason) {
    case 'locked':
    case 'busy':
      return explainWait(res, refusal);
    case 'wrong':
      return WRONG_CREDENTIALS;
    case 'several':
      return {
        fault: 'You have accounts in several organizations. Choose one, and enter your password again.',
        choices: refusal.organizations,
      };
  }
}

function readTarget(values: URLSearchParams, home: string): { returnTo: string; organization: string | undefined } {
  const returnTo = values.get('return_to') ?? home;
  const organization = values.get('organization');
  return {
    returnTo: isLocalPath(returnTo) ? returnTo : home,
    organization: organization === null || organization === '' ? undefined : organization,
  };
}
