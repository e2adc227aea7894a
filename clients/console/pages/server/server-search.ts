/** The parts of the page of a server. */
export const SERVER_TABS = ['overview', 'tools', 'access', 'rules', 'explain', 'connections', 'activity', 'settings'] as const;
export type ServerTab = (typeof SERVER_TABS)[number];

/** What of the page's state is in its address. */
export interface ServerSearch {
  /** Absent: the overview. */
  readonly tab?: ServerTab;
  /** The workspace that the part is about, by its slug. */
  readonly workspace?: string;
  /** A part of a name. */
  readonly find?: string;
  /** Which kind of capability, or which state, is shown. */
  readonly show?: string;
  /** How consent at the upstream went; the control plane appends it when a person comes back. */
  readonly upstream?: string;
  readonly error?: string;
}

/** Takes what is known out of the search part of an address, and nothing else. */
export function parseServerSearch(search: Record<string, unknown>): ServerSearch {
  const text = (name: string) => (typeof search[name] === 'string' && search[name] !== '' ? { [name]: search[name] } : {});
  const tab = SERVER_TABS.find((name) => name === search['tab']);
  return {
    ...(tab !== undefined && tab !== 'overview' && { tab }),
    ...text('workspace'),
    ...text('find'),
    ...text('show'),
    ...text('upstream'),
    ...text('error'),
  };
}
