/** The parts of the page of a workspace. */
export const WORKSPACE_TABS = ['members', 'servers', 'keys', 'settings'] as const;
export type WorkspaceTab = (typeof WORKSPACE_TABS)[number];

/** What of the page's state is in its address. */
export interface WorkspaceSearch {
  /** Absent: the people. */
  readonly tab?: WorkspaceTab;
}

export function parseWorkspaceSearch(search: Record<string, unknown>): WorkspaceSearch {
  const tab = WORKSPACE_TABS.find((name) => name === search['tab']);
  return tab === undefined || tab === 'members' ? {} : { tab };
}
