import type { UserError } from '../../api/user-error.ts';
import { renderCsrfField, type WebSession } from '../../identity/index.ts';
import type { McpServer } from '../../mcp-servers/index.ts';
import { html, renderField, renderHidden, renderNotice, type Html, type Page } from '../../pages/index.ts';

/** What a person is asked to enter. */
export interface EntryView {
  readonly server: McpServer;
  readonly session: WebSession;
  /** Where the form goes, a path on this origin. */
  readonly action: string;
  /** Of the workspace whose credential it is, where it is a workspace's. */
  readonly workspaceName: string | undefined;
  readonly returnTo: string | null;
  readonly faults?: readonly UserError[];
}

/** The page on which a person enters what a server wants of the subject. */
export function toEntryPage(view: EntryView): Page {
  const { server, session, action, returnTo, faults = [] } = view;
  return {
    title: `Connect ${server.name}`,
    status: faults.length === 0 ? 200 : 422,
    body: html`
${faults.map(({ message }) => renderNotice('error', message))}
<p>${explainSubject(view)}</p>
<form method="post" action="${action}">
${renderCsrfField(session)}
${returnTo !== null && renderHidden('return_to', returnTo)}
${renderFields(server)}
<button>Save</button>
</form>
<p><a href="/account/connections">Your connections</a></p>`,
  };
}

const SEALED = 'It is stored sealed and never shown again.';

function renderFields({ authentication, headerNames }: McpServer): Html {
  if (authentication !== 'CUSTOM_HEADERS')
    return html`
${renderField({ name: 'client_id', label: 'Client id', autocomplete: 'off' })}
${renderField({ name: 'client_secret', label: 'Client secret', type: 'password', autocomplete: 'off', hint: SEALED })}`;
  if (headerNames != null)
    return html`${headerNames.map((label, i) => renderField({ name: `value-${i}`, label, type: 'password', autocomplete: 'off', hint: SEALED }))}`;
  return html`
${renderField({ name: 'name', label: 'Header', value: 'Authorization', hint: 'The header that carries the key, as the server documents it.' })}
${renderField({ name: 'value', label: 'Value', type: 'password', autocomplete: 'off', hint: SEALED })}`;
}

function explainSubject({ server, workspaceName = '' }: EntryView): string {
  switch (server.granularity) {
    case 'ORGANIZATION':
      return 'What you enter is used for everybody in the organization.';
    case 'WORKSPACE':
      return `What you enter is used for everybody in the workspace ${workspaceName}.`;
    case 'USER':
      return 'What you enter is used for you alone.';
  }
}
