import { renderCsrfField } from '../../identity/index.ts';
import { html, type Html, type Page } from '../../pages/index.ts';
import type { NoAccess } from '../provider/token-basis.ts';
import type { ProtectedServer } from '../server-directory.ts';

interface Back {
  readonly clientName: string;
  readonly session: { readonly csrfToken: string };
}

/** The request is too old, or was begun in another browser. */
export const EXPIRED_PAGE: Page = {
  title: 'This request has expired',
  status: 400,
  body: html`<p>It was open for too long, or was begun in another browser. Start again from the application.</p>`,
};

/** A form that was not made for this session. Nothing has happened. */
export const FOREIGN_FORM_PAGE: Page = {
  title: 'Nothing was changed',
  status: 403,
  body: html`<p>The page was open for too long, or belongs to another sign-in. Start again from the application.</p>`,
};

/** The person may not use the server, and who can change that. */
export function toNoAccessPage(reason: NoAccess, server: ProtectedServer, email: string, back: Back): Page {
  const cause =
    reason === 'no_member'
      ? html`<p>You are signed in as ${email}, who is not a member of the workspace ${server.workspaceName}.</p>`
      : html`<p>You are signed in as ${email}, who may not use this server in the workspace ${server.workspaceName}.</p>`;
  return {
    title: `You may not use ${server.serverName}`,
    status: 403,
    body: html`${cause}
<p>Ask a manager of the workspace or an administrator of your organization, and start again from the application afterwards.</p>
${renderBack(back)}`,
  };
}

/** Somebody else has to connect the server first. */
export function toAskPage(whom: string, server: ProtectedServer, back: Back): Page {
  return {
    title: `${server.serverName} is not connected`,
    status: 403,
    body: html`<p>${whom}</p><p>Start again from the application afterwards.</p>${renderBack(back)}`,
  };
}

/** The upstream did not let us in; the person can try again. */
export function toConnectFailedPage(server: ProtectedServer, message: string, retryPath: string, back: Back): Page {
  return {
    title: `${server.serverName} could not be connected`,
    status: 502,
    body: html`<p>${message}</p><p><a class="button" href="${retryPath}">Try again</a></p>${renderBack(back)}`,
  };
}

function renderBack({ clientName, session }: Back): Html {
  return html`<form method="post" class="actions">
${renderCsrfField(session)}
<button name="decision" value="deny" class="quiet">Back to ${clientName}</button>
</form>`;
}
