import { titles } from './titles.ts';

/** What the list of servers says. */
export const texts = {
  title: titles.servers,
  lead: 'The MCP servers of your hub. Everybody connects to them by one URL each.',
  add: 'Add a server',
  find: 'Find by name',
  emptyTitle: 'No server yet',
  empty:
    'Register a remote MCP server once; Sluice signs people in, keeps its credentials and decides who may use which tool. You need only its URL.',
  emptyMember: 'No server was given to you yet. Ask a manager of your workspace.',
  nothingFound: 'No server is called like that',
  nothingFoundText: 'Try another part of the name.',
  name: 'Name',
  state: 'State',
  authentication: 'Authentication',
  workspaces: 'Workspaces',
  traffic: 'Last 15 minutes',
  workspaceNames: (names: readonly string[], hasMore: boolean) =>
    names.length === 0 ? 'none' : `${names.join(', ')}${hasMore ? ', …' : ''}`,
} as const;
