import type { ServerResponse } from 'node:http';
import { html, renderField, renderNotice, sendPage, sendRedirect, type PageRequest, type PageRoute } from '../../pages/index.ts';
import { MIN_PASSWORD_LENGTH } from '../passwords/password-rules.ts';
import { isOwnForm, renderCsrfField } from '../sessions/csrf.ts';
import type { WebSessions } from '../sessions/web-sessions.ts';
import { findBrowserForm, openBrowserForm } from './browser-form.ts';
import { explainWait, FOREIGN_FORM } from './explain-refusal.ts';
import { LINK_PATH, type SignInLinks } from './sign-in-links.ts';

/** What the pages of one-time links work with. */
export interface LinkRoutesParts {
  /** Where the person is led who chose a password. */
  readonly home: string;
  readonly sessions: WebSessions;
  readonly links: SignInLinks;
}

interface LinkView {
  readonly csrfToken: string;
  readonly email: string;
  readonly passwordFault?: string;
  readonly fault?: string;
  readonly status?: number;
}

/** The pages that a one-time link opens. */
export class LinkRoutes {
  readonly #parts: LinkRoutesParts;

  constructor(parts: LinkRoutesParts) {
    this.#parts = parts;
  }

  list(): PageRoute[] {
    const path = `${LINK_PATH}/:token`;
    return [
      { method: 'GET', path, handle: (request, res) => this.#show(request, res) },
      { method: 'POST', path, handle: (request, res) => this.#choose(request, res) },
    ];
  }

  async #show({ req, params }: PageRequest, res: ServerResponse): Promise<void> {
    const user = await this.#parts.links.read(params['token'] ?? '');
    if (user === undefined) return refuse(res);
    const { csrfToken } = openBrowserForm(req, res, this.#parts.sessions.cookies);
    sendLinkPage(res, { csrfToken, email: user.email });
  }

  async #choose({ req, params, form }: PageRequest, res: ServerResponse): Promise<void> {
    const { home, links, sessions } = this.#parts;
    const token = params['token'] ?? '';
    const user = await links.read(token);
    if (user === undefined) return refuse(res);
    const browserForm = findBrowserForm(req, sessions.cookies);
    const view: LinkView = { csrfToken: (browserForm ?? openBrowserForm(req, res, sessions.cookies)).csrfToken, email: user.email };
    if (browserForm === undefined || !isOwnForm(form, browserForm)) return sendLinkPage(res, { ...view, ...FOREIGN_FORM });
    const password = form.get('password') ?? '';
    if (password !== form.get('repeated'))
      return sendLinkPage(res, { ...view, status: 422, passwordFault: 'The two entries are not the same.' });
    const redeemed = await links.redeem(token, password);
    if (redeemed.ok) {
      await sessions.start(req, res, redeemed.value, 'link');
      return sendRedirect(res, home);
    }
    switch (redeemed.error.reason) {
      case 'gone':
        return refuse(res);
      case 'busy':
        return sendLinkPage(res, { ...view, ...explainWait(res, redeemed.error) });
      case 'unusable':
        return sendLinkPage(res, { ...view, status: 422, passwordFault: redeemed.error.message });
    }
  }
}

function sendLinkPage(res: ServerResponse, { csrfToken, email, passwordFault, fault, status }: LinkView): void {
  const hint = `At least ${MIN_PASSWORD_LENGTH} characters. A few words in a row are good.`;
  sendPage(res, {
    title: 'Choose a password',
    status,
    body: html`
${fault !== undefined && renderNotice('error', fault)}
<p>For the account of <strong>${email}</strong>. This link works once.</p>
<form method="post">
${renderCsrfField({ csrfToken })}
<input type="text" name="username" value="${email}" autocomplete="username" readonly hidden>
${renderField({ name: 'password', label: 'New password', type: 'password', autocomplete: 'new-password', hint, fault: passwordFault, isFocused: true })}
${renderField({ name: 'repeated', label: 'The same again', type: 'password', autocomplete: 'new-password' })}
<button>Set password and sign in</button>
</form>`,
  });
}

/** The same for a link that was used, replaced, that expired, or that nobody made. */
function refuse(res: ServerResponse): void {
  sendPage(res, {
    title: 'This link does not work',
    status: 404,
    body: html`<p>It was used already, or it is too old. Ask an administrator of your organization for another one.</p>
<p><a href="/sign-in">Sign in with a password</a></p>`,
  });
}
