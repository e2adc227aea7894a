import type { Stage } from './stage.ts';

/** A page that is looked at in both themes and on a phone, and held to WCAG AA. */
export interface VisitedPage {
  /** Names its pictures. */
  readonly name: string;
  readonly path: string;
  readonly who: 'owner' | 'manager' | 'member' | 'auditor';
  /** A text without which the page is not there yet. */
  readonly shows: string;
}

/** Every page, one line each. Journeys have been made before: there is something to see. */
export function listVisitedPages({ world, member }: Stage): readonly VisitedPage[] {
  return [
    { name: 'servers', path: 'servers', who: 'owner', shows: 'Guarded tools' },
    { name: 'add-server', path: 'servers/new', who: 'owner', shows: 'URL of the server' },
    { name: 'server', path: 'servers/open-tools', who: 'owner', shows: 'How people connect' },
    { name: 'server-tools', path: 'servers/open-tools?tab=tools', who: 'owner', shows: 'Details' },
    { name: 'server-access', path: 'servers/open-tools?tab=access', who: 'owner', shows: 'Test workspace' },
    { name: 'server-rules', path: 'servers/open-tools?tab=rules', who: 'owner', shows: 'No deletes' },
    { name: 'server-explain', path: 'servers/open-tools?tab=explain', who: 'owner', shows: 'Explain access' },
    { name: 'server-connections', path: 'servers/guarded?tab=connections', who: 'owner', shows: 'Test organization' },
    { name: 'server-activity', path: 'servers/open-tools?tab=activity', who: 'owner', shows: 'Latest activity' },
    { name: 'server-settings', path: 'servers/open-tools?tab=settings', who: 'owner', shows: 'Delete this server' },
    { name: 'interactions', path: 'interactions', who: 'owner', shows: 'test_simple_text' },
    { name: 'interactions-nothing', path: 'interactions?method=prompts%2Fget', who: 'auditor', shows: 'No call is like that' },
    { name: 'usage', path: 'usage?by=CAPABILITY', who: 'owner', shows: 'test_simple_text' },
    { name: 'gateways', path: 'gateways', who: 'owner', shows: 'Up to date' },
    { name: 'audit', path: 'audit?kind=McpServer', who: 'auditor', shows: 'Mcp server' },
    { name: 'member-servers', path: 'servers', who: 'member', shows: 'Servers' },
    { name: 'my-servers', path: 'my-servers', who: 'member', shows: 'Set up a client' },
    { name: 'use-server', path: `my-servers/${world.workspace.slug}/open-tools?client=vscode`, who: 'member', shows: 'Open in VS Code' },
    {
      name: 'use-server-key',
      path: `my-servers/${world.workspace.slug}/open-tools?client=codex&with=key`,
      who: 'member',
      shows: 'bearer_token',
    },
    { name: 'use-server-try', path: `my-servers/${world.workspace.slug}/open-tools?tab=try`, who: 'member', shows: 'Show the tools' },
    { name: 'keys', path: 'keys', who: 'member', shows: 'Night script' },
    { name: 'all-keys', path: 'api-keys', who: 'owner', shows: 'Night script' },
    { name: 'clients', path: 'clients', who: 'member', shows: 'You allowed no client yet' },
    { name: 'workspaces', path: 'workspaces', who: 'owner', shows: 'Test workspace' },
    { name: 'workspace', path: `workspaces/${world.workspace.slug}`, who: 'owner', shows: 'Max Member' },
    { name: 'workspace-servers', path: `workspaces/${world.workspace.slug}?tab=servers`, who: 'owner', shows: 'Guarded tools' },
    { name: 'workspace-keys', path: `workspaces/${world.workspace.slug}?tab=keys`, who: 'manager', shows: 'Make a key' },
    { name: 'workspace-settings', path: `workspaces/${world.workspace.slug}?tab=settings`, who: 'owner', shows: 'Delete this workspace' },
    { name: 'people', path: 'people', who: 'owner', shows: 'Ada Auditor' },
    { name: 'person', path: `people/${member.id}`, who: 'owner', shows: 'Make a sign-in link' },
    { name: 'identity-providers', path: 'identity-providers', who: 'owner', shows: 'No issuer is trusted' },
  ];
}
