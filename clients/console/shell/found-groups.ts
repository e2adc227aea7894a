import type { SearchQuery } from '../generated/graphql.ts';
import { texts } from '../texts/shell.ts';
import type { NavigationEntry } from './navigation.ts';

/** What the search found of one kind. */
export interface FoundGroup {
  readonly label: string;
  readonly items: readonly FoundItem[];
}

/** What leads to one page. */
export interface FoundItem {
  readonly to: string;
  readonly title: string;
  readonly description?: string;
  /** Of a server; null where it has none. */
  readonly iconPath?: string | null;
}

/** What to show for a text: pages by their label, everything else as the API found it. */
export function toFoundGroups(pages: readonly NavigationEntry[], text: string, found: SearchQuery | undefined): readonly FoundGroup[] {
  const wanted = text.trim().toLowerCase();
  const { mcpServers, workspaces, users } = found?.organization ?? {};
  const groups: FoundGroup[] = [
    {
      label: texts.searchServers,
      items: (mcpServers?.nodes ?? []).map(({ slug, name, url, iconPath }) => ({
        to: `/servers/${slug}`,
        title: name,
        description: url,
        iconPath: iconPath ?? null,
      })),
    },
    {
      label: texts.searchWorkspaces,
      items: (workspaces?.nodes ?? []).map(({ slug, name }) => ({ to: `/workspaces/${slug}`, title: name, description: slug })),
    },
    {
      label: texts.searchPeople,
      items: (users?.nodes ?? []).map(({ id, name, email }) => ({ to: `/people/${id}`, title: name, description: email })),
    },
    {
      label: texts.searchPages,
      items: pages.filter(({ label }) => label.toLowerCase().includes(wanted)).map(({ to, label }) => ({ to, title: label })),
    },
  ];
  return groups.filter(({ items }) => items.length > 0);
}
