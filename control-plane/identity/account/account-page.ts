import { html, renderField, renderNotice, type Html, type Page } from '../../pages/index.ts';
import { MIN_PASSWORD_LENGTH } from '../passwords/password-rules.ts';
import { renderCsrfField } from '../sessions/csrf.ts';
import type { User } from '../user.entity.ts';

/** A page of another feature about the person. */
export interface AccountLink {
  readonly href: string;
  readonly label: string;
}

/** What a person sees of themselves. */
export interface AccountView {
  readonly user: Pick<User, 'email' | 'name' | 'role'>;
  /** The organization's name. */
  readonly organization: string;
  readonly hasPassword: boolean;
  readonly signedInAt: Date;
  readonly csrfToken: string;
  readonly links: readonly AccountLink[];
  readonly success?: string;
  readonly fault?: string;
  readonly currentFault?: string;
  readonly wantedFault?: string;
  readonly status?: number;
}

/** The page on which a person sees who they are. */
export function toAccountPage(view: AccountView): Page {
  const { user, organization, signedInAt, links, success, fault } = view;
  return {
    title: 'Your account',
    status: view.status ?? 200,
    body: html`
${success !== undefined && renderNotice('success', success)}
${fault !== undefined && renderNotice('error', fault)}
<dl>
<dt>Name</dt><dd>${user.name}</dd>
<dt>E-mail address</dt><dd>${user.email}</dd>
<dt>Organization</dt><dd>${organization}</dd>
<dt>Role</dt><dd>${user.role.toLowerCase()}</dd>
<dt>Signed in</dt><dd><time datetime="${signedInAt.toISOString()}">${signedInAt.toISOString().slice(0, 16).replace('T', ' ')} UTC</time></dd>
</dl>
${links.length > 0 && html`<ul class="items">${links.map(({ href, label }) => html`<li><a href="${href}">${label}</a></li>`)}</ul>`}
${view.hasPassword && renderPasswordForm(view)}
<h2>Sign out</h2>
<div class="actions">
<form method="post" action="/sign-out">${renderCsrfField(view)}<button>Sign out</button></form>
<form method="post" action="/account/sign-out-everywhere">${renderCsrfField(view)}<button class="quiet">Sign out everywhere</button></form>
</div>`,
  };
}

function renderPasswordForm(view: AccountView): Html {
  const hint = `At least ${MIN_PASSWORD_LENGTH} characters. Every other browser is signed out.`;
  return html`<h2>Change password</h2>
<form method="post" action="/account/password">
${renderCsrfField(view)}
<input type="text" name="username" value="${view.user.email}" autocomplete="username" readonly hidden>
${renderField({ name: 'current', label: 'Current password', type: 'password', autocomplete: 'current-password', fault: view.currentFault })}
${renderField({ name: 'password', label: 'New password', type: 'password', autocomplete: 'new-password', hint, fault: view.wantedFault })}
${renderField({ name: 'repeated', label: 'The same again', type: 'password', autocomplete: 'new-password' })}
<button>Change password</button>
</form>`;
}
