import { html, renderField, renderHidden, renderNotice, type Html, type Page } from '../../pages/index.ts';
import { renderCsrfField } from '../sessions/csrf.ts';
import type { OrganizationChoice } from './password-sign-in.ts';

/** Another way to sign in: by a provider of the organization. */
export interface ProviderOffer {
  /** Where it begins, a path on this origin. */
  readonly href: string;
  readonly name: string;
}

/** What the sign-in page shows. */
export interface SignInView {
  readonly csrfToken: string;
  /** Where the person is led afterwards: a path on this origin. */
  readonly returnTo: string;
  /** The slug of the organization that an account is wanted of. */
  readonly organization: string | undefined;
  readonly email: string;
  /** Why they are not signed in. */
  readonly fault?: string;
  /** Organizations to choose from, where the password is that of several accounts. */
  readonly choices?: readonly OrganizationChoice[];
  readonly offers: readonly ProviderOffer[];
  readonly status?: number;
}

/** The page on which people sign in. */
export function toSignInPage(view: SignInView): Page {
  const { fault, choices, email, organization } = view;
  return {
    title: 'Sign in',
    status: view.status ?? 200,
    body: html`
${fault !== undefined && renderNotice('error', fault)}
<form method="post" action="/sign-in">
${renderCsrfField(view)}
${renderHidden('return_to', view.returnTo)}
${choices === undefined ? organization !== undefined && renderHidden('organization', organization) : renderChoices(choices)}
${renderField({ name: 'email', label: 'E-mail address', type: 'email', value: email, autocomplete: 'username', isFocused: email === '' })}
${renderField({ name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password', isFocused: email !== '' })}
<button>Sign in</button>
</form>
${renderOffers(view)}
<p class="hint">No password yet, or forgotten? An administrator of your organization makes you a one-time link.</p>`,
  };
}

function renderOffers({ offers, returnTo }: SignInView): Html | false {
  const query = new URLSearchParams({ return_to: returnTo }).toString();
  return (
    offers.length > 0 &&
    html`<p class="actions">${offers.map(({ href, name }) => html`<a class="button quiet" href="${href}?${query}">Continue with ${name}</a>`)}</p>`
  );
}

function renderChoices(choices: readonly OrganizationChoice[]): Html {
  return html`<div class="field">
<label for="organization">Organization</label>
<select id="organization" name="organization">
${choices.map(({ slug, name }) => html`<option value="${slug}">${name}</option>`)}
</select>
</div>`;
}
