import { titles } from './titles.ts';

/** What the list of the servers that a person may use says. */
export const texts = {
  title: titles.myServers,
  lead: 'Everything you may use, by workspace. Set up your client once per server; who you are is asked when it connects.',
  workspace: 'Workspace',
  allWorkspaces: 'All of them',
  onlySome: (shown: number, all: number) => `${shown} of your ${all} workspaces are shown. Choose one to see it.`,
  noWorkspaceTitle: 'You are in no workspace yet',
  noWorkspace: 'Servers are given to workspaces. Ask a manager or an administrator to add you to one.',
  emptyTitle: 'No server here yet',
  empty: 'A manager of the workspace decides which servers it has, and who may use them.',
  more: 'Show more',
  setUp: 'Set up a client',
  setUpOf: (name: string) => `Set up a client for ${name}`,
  copyUrl: (name: string) => `Copy the URL of ${name}`,
} as const;
