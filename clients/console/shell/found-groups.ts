import type { SearchQuery } from '../generated/graphql.ts';
import { texts as keys } from '../texts/api-keys.ts';
import { texts } from '../texts/shell.ts';
import type { NavigationEntry } from './navigation.ts';

/** Where keys are found by their prefix; who does not have the page has only keys of their own. */
const ALL_KEYS = '/api-keys';
const OWN_KEYS = '/keys';

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

/** What to show for a text: pages by their label, everything else as the API found it, and the way to the rest of it. */
export function toFoundGroups(pages: readonly NavigationEntry[], text: string, found: SearchQuery | undefined): readonly FoundGroup[] {
  const wanted = text.trim();
  const { mcpServers, workspaces, users, apiKeys } = found?.organization ?? {};
  const hasPage = (address: string) => pages.some(({ to }) => to === address);
  const groups: FoundGroup[] = [
    toGroup(texts.searchServers, { to: '/servers', wanted }, mcpServers, ({ id, slug, name, url, iconPath, isLockedDown }) => ({
      id,
      to: `/servers/${slug}`,
      title: name,
      description: url,
      iconPath: iconPath ?? null,
      isStopped: isLockedDown,
    })),
    toGroup(texts.searchWorkspaces, { to: '/workspaces', wanted }, workspaces, ({ id, slug, name, isLockedDown }) => ({
      id,
      to: `/workspaces/${slug}`,
      title: name,
      description: slug,
      isStopped: isLockedDown,
    })),
    toGroup(texts.searchPeople, { to: '/people', wanted }, users, ({ id, name, email, lockdown }) => ({
      id,
      to: `/people/${id}`,
      title: name,
      description: email,
      isStopped: lockdown != null,
    })),
    toGroup(
      texts.searchKeys,
      hasPage(ALL_KEYS) ? { to: ALL_KEYS, wanted } : { to: OWN_KEYS },
      apiKeys,
      ({ id, name, prefix, user, workspace, isLockedDown }) => ({
        id,
        ...(hasPage(ALL_KEYS) ? { to: ALL_KEYS, search: { find: prefix } } : { to: OWN_KEYS }),
        title: name,
        description: `${prefix}… · ${user?.name ?? keys.serviceKey} · ${workspace?.name ?? keys.onlyApi}`,
        isStopped: isLockedDown,
      }),
    ),
    {
      label: texts.searchPages,
      items: pages
        .filter(({ label }) => label.toLowerCase().includes(wanted.toLowerCase()))
        .map(({ to, label }) => ({ id: to, to, title: label })),
    },
  ];
  return groups.filter(({ items }) => items.length > 0);
}

/** The first few of a kind, and where all of them are if there are more. */
function toGroup<Node>(
  label: string,
  list: { readonly to: string; readonly wanted?: string },
  found: { readonly nodes: readonly Node[]; readonly pageInfo: { readonly hasNextPage: boolean } } | undefined,
  toItem: (node: Node) => FoundItem,
): FoundGroup {
  const items = (found?.nodes ?? []).map(toItem);
  if (found?.pageInfo.hasNextPage !== true) return { label, items };
  const { to, wanted } = list;
  const more = { id: `more:${to}`, to, title: texts.searchMore(label) };
  return {
    label,
    items: [...items, wanted === undefined ? more : { ...more, search: { find: wanted }, description: texts.searchMoreHint(wanted) }],
  };
}
