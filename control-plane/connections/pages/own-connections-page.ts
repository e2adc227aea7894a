import { renderCsrfField, type WebSession } from '../../identity/index.ts';
import { html, renderNotice, type Html, type Page } from '../../pages/index.ts';
import type { ConnectionState } from '../connection-state.ts';
import { toEntryPath } from './entry-routes.ts';
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

function renderConnection({ server, workspaceId, connection, state, reason }: OwnConnection, session: WebSession): Html {
  const label = connection === null ? 'Connect' : server.authentication === 'OAUTH' ? 'Connect again' : 'Change';
  return html`<li id="${server.id}">
<h2>${server.name}</h2>
<p>${state === null ? 'Not connected' : WORDS[state]}${reason !== null && html`. ${reason}`}</p>
<div class="actions">
${
  server.authentication === 'OAUTH'
    ? html`<form method="post" action="/account/connections/${server.id}/connect">${renderCsrfField(session)}<button>${label} ${server.name}</button></form>`
    : html`<a class="button" href="${toEntryPath(workspaceId, server.id)}?return_to=%2Faccount%2Fconnections%3Fupstream%3Dconnected">${label} ${server.name}</a>`
}
${
  connection !== null &&
  html`<form method="post" action="/account/connections/${server.id}/disconnect">${renderCsrfField(session)}<button class="quiet">Disconnect ${server.name}</button></form>`
}
</div></li>`;
}
