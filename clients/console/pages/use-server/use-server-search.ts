import { CLIENTS, type ClientAccess, type ClientName } from './client-configurations.ts';

/** What of the page's state is in its address. */
export interface UseServerSearch {
  /** Absent: setting up a client. */
  readonly tab?: 'try';
  /** The tool that is tried. */
  readonly tool?: string;
  /** Absent: the first one. */
  readonly client?: ClientName;
  /** Absent: signing in, where the client can do that. */
  readonly with?: ClientAccess;
  /** How consent at the upstream went; the control plane appends it when a person comes back. */
  readonly upstream?: string;
  readonly error?: string;
}

/** Takes what is known out of the search part of an address, and nothing else. */
export function parseUseServerSearch(search: Record<string, unknown>): UseServerSearch {
  const client = CLIENTS.find((name) => name === search['client']);
  const text = (name: string) => (typeof search[name] === 'string' && search[name] !== '' ? { [name]: search[name] } : {});
  return {
    ...(client !== undefined && { client }),
    ...(search['with'] === 'key' && { with: 'key' }),
    ...(search['tab'] === 'try' && { tab: 'try' }),
    ...text('tool'),
    ...text('upstream'),
    ...text('error'),
  };
}
