import type { SearchQuery } from '../generated/graphql.ts';
import { texts as keys } from '../texts/api-keys.ts';
import { texts } from '../texts/shell.ts';
import type { NavigationEntry } from './navigation.ts';

/** Where keys are found by their prefix; who does not have the page has only keys of their own. */
const ALL_KEYS = '/api-keys';

/** What the search found of one kind. */
export interface FoundGroup {
  readonly label: string;
  readonly items: readonly FoundItem[];
}

/** What leads to one page. */
export interface FoundItem {
  /** Tells it from the others. */
  readonly id: string;
  readonly to: string;
  readonly search?: { readonly find?: string };
  readonly title: string;
  readonly description?: string;
  /** Of a server; null where it has none. */
  readonly iconPath?: string | null;
  /** It is stopped everywhere. */
  readonly isStopped?: boolean;
}

/** What to show for a text: pages by their label, everything else as the API found it. */
export function toFoundGroups(pages: readonly NavigationEntry[], text: string, found: SearchQuery | undefined): readonly FoundGroup[] {
  const wanted = text.trim().toLowerCase();
  const { mcpServers, workspaces, users, apiKeys } = found?.organization ?? {};
  const groups: FoundGroup[] = [
    {
      label: texts.searchServers,
      items: (mcpServers?.nodes ?? []).map(({ id, slug, name, url, iconPath, isLockedDown }) => ({
        id,
        to: `/servers/${slug}`,
        title: name,
        description: url,
        iconPath: iconPath ?? null,
        isStopped: isLockedDown,
      })),
    },
    {
      label: texts.searchWorkspaces,
      items: (workspaces?.nodes ?? []).map(({ id, slug, name, isLockedDown }) => ({
        id,
        to: `/workspaces/${slug}`,
        title: name,
        description: slug,
        isStopped: isLockedDown,
      })),
    },
    {
      label: texts.searchPeople,
      items: (users?.nodes ?? []).map(({ id, name, email, lockdown }) => ({
        id,
        to: `/people/${id}`,
        title: name,
        description: email,
        isStopped: lockdown != null,
      })),
    },
    {
      label: texts.searchKeys,
      items: (apiKeys?.nodes ?? []).map(({ id, name, prefix, user, workspace, isLockedDown }) => ({
        id,
        ...(pages.some(({ to }) => to === ALL_KEYS) ? { to: ALL_KEYS, search: { find: prefix } } : { to: '/keys' }),
        title: name,
        description: `${prefix}… · ${user?.name ?? keys.serviceKey} · ${workspace?.name ?? keys.onlyApi}`,
        isStopped: isLockedDown,
      })),
    },
    {
      label: texts.searchPages,
      items: pages.filter(({ label }) => label.toLowerCase().includes(wanted)).map(({ to, label }) => ({ id: to, to, title: label })),
    },
  ];
  return groups.filter(({ items }) => items.length > 0);
}
