import type { UserError } from '../../api/user-error.ts';
import { renderCsrfField, type WebSession } from '../../identity/index.ts';
import type { McpServer } from '../../mcp-servers/index.ts';
import { html, renderField, renderHidden, renderNotice, type Html, type Page } from '../../pages/index.ts';
import type { ConnectionState } from '../connection-state.ts';
import type { OwnConnection } from './own-connections.ts';

/** What is said above the list. */
export interface Notice {
  readonly kind: 'error' | 'success';
  readonly message: string;
}

const WORDS: Readonly<Record<ConnectionState, string>> = {
  CONNECTED: 'Connected',
  EXPIRING: 'Connected, but ends soon',
  NEEDS_AUTHORIZATION: 'Has to be connected again',
  ERROR: 'Does not work at present',
};

/** The page on which a person sees the servers that they connect themselves. */
export function toOwnConnectionsPage(own: readonly OwnConnection[], session: WebSession, notice?: Notice): Page {
  return {
    title: 'Connections to servers',
    status: notice?.kind === 'error' ? 400 : 200,
    body: html`
${notice !== undefined && renderNotice(notice.kind, notice.message)}
<p>These servers are used with an account of your own.</p>
${own.length === 0 && html`<p>None of your workspaces has such a server.</p>`}
<ul class="items">${own.map((one) => renderConnection(one, session))}</ul>
<p><a href="/account">Your account</a></p>`,
  };
}

function renderConnection({ server, connection, state, reason }: OwnConnection, session: WebSession): Html {
  const label = connection === null ? 'Connect' : server.authentication === 'OAUTH' ? 'Connect again' : 'Change';
  return html`<li id="${server.id}">
<h2>${server.name}</h2>
<p>${state === null ? 'Not connected' : WORDS[state]}${reason !== null && html`. ${reason}`}</p>
<div class="actions">
${
  server.authentication === 'OAUTH'
    ? html`<form method="post" action="/account/connections/${server.id}/connect">${renderCsrfField(session)}<button>${label} ${server.name}</button></form>`
    : html`<p><a href="/account/connections/${server.id}">${label} ${server.name}</a></p>`
}
${
  connection !== null &&
  html`<form method="post" action="/account/connections/${server.id}/disconnect">${renderCsrfField(session)}<button class="quiet">Disconnect ${server.name}</button></form>`
}
</div></li>`;
}

/** The page on which a person enters what a server wants from each. */
export function toEntryPage(server: McpServer, session: WebSession, returnTo: string | null, faults: readonly UserError[] = []): Page {
  return {
    title: `Connect ${server.name}`,
    status: faults.length === 0 ? 200 : 422,
    body: html`
${faults.map(({ message }) => renderNotice('error', message))}
<form method="post" action="/account/connections/${server.id}">
${renderCsrfField(session)}
${returnTo !== null && renderHidden('return_to', returnTo)}
${
  server.authentication === 'CUSTOM_HEADERS'
    ? html`
${renderField({ name: 'name', label: 'Header', value: 'Authorization', hint: 'The header that carries your key, as the server documents it.' })}
${renderField({ name: 'value', label: 'Value', type: 'password', autocomplete: 'off', hint: 'It is stored sealed and never shown again.' })}`
    : html`
${renderField({ name: 'client_id', label: 'Client id', autocomplete: 'off' })}
${renderField({ name: 'client_secret', label: 'Client secret', type: 'password', autocomplete: 'off', hint: 'It is stored sealed and never shown again.' })}`
}
<button>Save</button>
</form>
<p><a href="/account/connections">Your connections</a></p>`,
  };
}
