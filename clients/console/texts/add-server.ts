import type { McpAuthentication, McpGranularity, McpTransport } from '../generated/graphql.ts';

/** A choice with the sentence that says what it means for people. */
interface Choice {
  readonly label: string;
  readonly text: string;
  readonly badge?: string;
}

/** What the page says on which a server is added. */
export const texts = {
  title: 'Add a server',
  lead: 'Paste the URL of a remote MCP server. Sluice looks at it and fills in the rest.',
  url: 'URL of the server',
  urlHint: 'The complete address, as its documentation gives it to MCP clients: https://example.com/mcp',
  urlInvalid: 'This is not a complete http or https address.',
  looking: 'Looking at the server…',
  lookAgain: 'Look again',
  notLooked: 'You can add it nevertheless: nothing here depends on the answer.',
  version: (version: string) => `Version ${version}`,
  speaks: (eras: readonly string[]) =>
    eras.includes('MODERN') && eras.includes('LEGACY')
      ? 'speaks every revision of MCP'
      : eras.includes('MODERN')
        ? 'speaks MCP 2026-07-28'
        : 'speaks MCP up to 2025-11-25',
  asksFor: (issuer: string) => `Sends people to ${issuer} for consent`,
  noRegistration:
    'Its authorization server registers no clients by itself. Register Sluice there once, and enter the client id (and secret) below.',
  name: 'Name',
  slug: 'Name in URLs',
  slugHint: (path: string) => `People connect to ${path}. It never changes.`,
  slugInvalid: '1 to 63 lowercase letters, digits and hyphens.',
  nameInvalid: 'Give it a name of at most 120 characters.',
  transport: 'Transport',
  transports: {
    STREAMABLE_HTTP: { label: 'Streamable HTTP', text: 'One URL for everything. What servers speak today.', badge: 'Recommended' },
    SSE: { label: 'HTTP+SSE', text: 'The transport before 2025. Clients of Sluice use Streamable HTTP all the same.', badge: 'Going away' },
  } satisfies Record<McpTransport, Choice>,
  authentication: 'How Sluice signs in to the server',
  found: 'Found',
  authentications: {
    OAUTH: { label: 'OAuth', text: 'Somebody gives consent on the server’s own page; Sluice keeps the access fresh from then on.' },
    CLIENT_CREDENTIALS: { label: 'Client credentials', text: 'A client id and secret of your own; nobody has to give consent.' },
    CUSTOM_HEADERS: { label: 'Custom headers', text: 'Fixed header values, such as an API key of the server.' },
    NONE: { label: 'None', text: 'The server lets everybody in. Sluice still decides who of your people may use it.' },
  } satisfies Record<McpAuthentication, Choice>,
  granularity: 'Whose account is used',
  granularities: {
    ORGANIZATION: { label: 'One for the organization', text: 'You connect once. The server sees the same account whoever calls.' },
    WORKSPACE: { label: 'One for each workspace', text: 'A manager of each workspace connects once for everybody in it.' },
    USER: { label: 'Each person’s own', text: 'Everybody connects their own account, and sees only what that account sees.' },
  } satisfies Record<McpGranularity, Choice>,
  ownClient: 'I have registered a client there',
  clientId: 'Client id',
  clientSecret: 'Client secret',
  scopes: 'Scopes',
  scopesHint: 'Separated by spaces. Empty: what the server asks for.',
  secretHint: 'Stored sealed, and never shown again.',
  connectTitle: 'Connect now',
  connectOrganization: 'For the whole organization:',
  connectWorkspaces: 'For the workspaces that you choose below:',
  connectOwn: 'For your own account; everybody else is asked when they first use it:',
  connectConsent: {
    ORGANIZATION: 'After adding it you give consent on the server’s page and come back here.',
    WORKSPACE: 'After adding it you give consent for the first workspace on the server’s page and come back here.',
    USER: 'After adding it you give consent for your own account on the server’s page and come back here. Everybody else is asked when they first use it.',
  } satisfies Record<McpGranularity, string>,
  connectSwitch: 'Connect right away',
  connectLater: 'Nothing is entered now. Connect on the server’s page later.',
  workspaces: 'Workspaces that get it',
  workspacesHint: 'Everybody in them may use it, until you say otherwise.',
  workspacesNone: 'None yet',
  owner: 'Belongs to',
  ownerOrganization: 'The organization',
  ownerHint: 'A server of a workspace is that workspace’s alone; its managers look after it.',
  submit: 'Add the server',
  submitConnect: 'Add the server and connect',
  added: (name: string) => `${name} was added.`,
} as const;
