import { renderCsrfField } from '../../identity/index.ts';
import { html, renderHidden, renderNotice, type Html, type Page } from '../../pages/index.ts';

/** A client that a person allowed. */
export interface AllowedClient {
  readonly consentId: string;
  readonly clientName: string;
  readonly clientId: string;
  readonly serverName: string;
  readonly workspaceName: string;
  /** Days in UTC, as `2026-11-25`. */
  readonly allowedOn: string;
  readonly lastUsedOn: string;
}

/** What is shown of them. */
export interface AllowedClientsView {
  readonly clients: readonly AllowedClient[];
  readonly session: { readonly csrfToken: string };
  readonly success: string | undefined;
}

/** The page on which a person sees what they allowed, and takes it back. */
export function toAllowedClientsPage({ clients, session, success }: AllowedClientsView): Page {
  return {
    title: 'Allowed applications',
    body: html`
${success !== undefined && renderNotice('success', success)}
${
  clients.length === 0
    ? html`<p>You have not allowed any application to use a server in your name.</p>`
    : html`<p>These applications may use servers in your name.</p>
<ul class="items">${clients.map((client) => renderClient(client, session))}</ul>`
}
<p><a href="/account">Your account</a></p>`,
  };
}

function renderClient(client: AllowedClient, session: { readonly csrfToken: string }): Html {
  const { clientName, serverName, workspaceName, clientId } = client;
  return html`<li>
<strong>${clientName}</strong>${clientId.startsWith('https://') && html` <span class="hint">${new URL(clientId).host}</span>`}
<p class="hint">${serverName} in ${workspaceName}. Allowed ${renderDay(client.allowedOn)}, last used ${renderDay(client.lastUsedOn)}.</p>
<form method="post" action="/account/clients/revoke">
${renderCsrfField(session)}${renderHidden('consent', client.consentId)}
<button class="danger" aria-label="Revoke ${clientName} for ${serverName}">Revoke</button>
</form>
</li>`;
}

function renderDay(day: string): Html {
  return html`<time datetime="${day}">${day}</time>`;
}
