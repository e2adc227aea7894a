import type { ClientAccess, ClientName, ConfigurationBlock } from '../pages/use-server/client-configurations.ts';

/** What the page about using one server says. */
export const texts = {
  back: 'All my servers',
  lead: (workspace: string) => `In ${workspace}`,
  url: 'URL for clients',
  serverStopped: 'This server is locked down',
  workspaceStopped: (workspace: string) => `${workspace} is locked down`,
  stopped: 'Whatever you call here is refused until an administrator unlocks it. Ask them why; what you set up stays as it is.',
  setUp: 'Set up a client',
  tryTool: 'Try a tool',
  client: 'Client',
  access: 'How it says who you are',
  accesses: { 'sign-in': 'I sign in', key: 'A key' } satisfies Record<ClientAccess, string>,
  accessHints: {
    'sign-in': 'The client opens a page of Sluice in your browser; you sign in and allow it. Nothing secret is stored in its files.',
    key: 'For clients and programs that cannot open a browser. Who has the key can do what you can do, until it expires or you revoke it.',
  } satisfies Record<ClientAccess, string>,
  clients: {
    cursor: 'Cursor',
    vscode: 'VS Code',
    'claude-code': 'Claude Code',
    'claude-desktop': 'Claude Desktop',
    windsurf: 'Windsurf',
    codex: 'Codex',
    gemini: 'Gemini CLI',
    json: 'Other (JSON)',
    typescript: 'TypeScript',
    python: 'Python',
  } satisfies Record<ClientName, string>,
  places: {
    terminal: 'Run in a terminal',
    field: 'Settings → Connectors → Add custom connector',
  } satisfies Record<Exclude<ConfigurationBlock['place'], 'file'>, string>,
  open: (client: string) => `Open in ${client}`,
  connectorHint: 'Claude Desktop reaches connectors from the internet. Where your gateway is not reachable from there, choose a key.',
  makeKey: 'Make a key and put it in',
  makeKeyHint: 'It is good for this workspace and for 90 days. You find it under “My keys”, where you can revoke it.',
  keyName: (client: string, server: string) => `${client} for ${server}`,
  keyMade: 'This key is shown this once. Copy it, or what contains it, before you leave.',
  copyKey: 'Copy the key',
} as const;
