import { renderCsrfField } from '../../identity/index.ts';
import { html, type Html, type Page } from '../../pages/index.ts';
import type { ProtectedServer } from '../server-directory.ts';
import type { ClientView } from './client-view.ts';

/** What a person is asked. */
export interface ConsentView {
  readonly client: ClientView;
  readonly server: ProtectedServer;
  readonly session: { readonly csrfToken: string };
  /** Who they are signed in as. */
  readonly email: string;
  /** What happens next towards the server itself; undefined where nothing does. */
  readonly upstream: UpstreamNotice | undefined;
}

/** That the person will be asked by the upstream too. */
export interface UpstreamNotice {
  /** What Sluice asks it for; empty where the upstream decides. */
  readonly scopes: readonly string[];
}

/** The page on which a person allows a client to use a server, or does not. */
export function toConsentPage({ client, server, session, email, upstream }: ConsentView): Page {
  return {
    title: `Allow ${client.name} to use ${server.serverName}?`,
    body: html`
<dl>
<dt>Application</dt><dd>${client.name}<br><span class="hint">${client.origin}</span></dd>
<dt>Sends you back to</dt><dd>${client.destination}</dd>
<dt>Server</dt><dd>${server.serverName}<br><span class="hint">${server.url}</span></dd>
<dt>Workspace</dt><dd>${server.workspaceName}</dd>
<dt>You are</dt><dd>${email}</dd>
</dl>
${upstream !== undefined && renderUpstream(upstream)}
<p>It will be able to do with this server, in your name, what you may do with it. You can take this back at any time under <a href="/account/clients">allowed applications</a>.</p>
${client.warning !== undefined && html`<p class="notice">${client.warning}</p>`}
<form method="post" class="actions">
${renderCsrfField(session)}
<button name="decision" value="allow">Allow</button>
<button name="decision" value="deny" class="quiet">Do not allow</button>
</form>`,
  };
}

function renderUpstream({ scopes }: UpstreamNotice): Html {
  if (scopes.length === 0) return html`<p>Next, the server itself will ask you to let Sluice in.</p>`;
  return html`<p>Next, the server itself will ask you to let Sluice in, with these permissions:</p>
<ul>${scopes.map((scope) => html`<li>${scope}</li>`)}</ul>`;
}
