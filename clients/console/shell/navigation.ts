import {
  IconActivity,
  IconApps,
  IconBroadcast,
  IconChartBar,
  IconHistory,
  IconKey,
  IconLogin2,
  IconPlug,
  IconServer2,
  IconUsers,
  IconUsersGroup,
} from '@tabler/icons-react';
import type { Viewer } from '../api/viewer.ts';
import { texts } from '../texts/shell.ts';
import { titles } from '../texts/titles.ts';

/** A page that the navigation and the search lead to. */
export interface NavigationEntry {
  readonly to: string;
  readonly label: string;
  readonly icon: typeof IconServer2;
  /** Under which heading it stands. */
  readonly section: string;
  /** Who sees it; everybody where it is absent. */
  readonly isFor?: (viewer: Viewer) => boolean;
}

/** Every entry, in order, one line each. */
export const navigation: readonly NavigationEntry[] = [
  { to: '/servers', label: titles.servers, icon: IconServer2, section: texts.hub },
  { to: '/workspaces', label: titles.workspaces, icon: IconUsersGroup, section: texts.hub },
  {
    to: '/people',
    label: titles.people,
    icon: IconUsers,
    section: texts.hub,
    isFor: ({ isOverseer, isManager }) => isOverseer || isManager,
  },
  {
    to: '/api-keys',
    label: titles.allKeys,
    icon: IconKey,
    section: texts.hub,
    isFor: ({ isOverseer, isManager }) => isOverseer || isManager,
  },
  {
    to: '/identity-providers',
    label: titles.identityProviders,
    icon: IconLogin2,
    section: texts.hub,
    isFor: ({ isOverseer }) => isOverseer,
  },
  { to: '/my-servers', label: titles.myServers, icon: IconPlug, section: texts.own },
  { to: '/keys', label: titles.keys, icon: IconKey, section: texts.own },
  { to: '/clients', label: titles.clients, icon: IconApps, section: texts.own },
  { to: '/interactions', label: titles.interactions, icon: IconActivity, section: texts.operation },
  { to: '/usage', label: titles.usage, icon: IconChartBar, section: texts.operation },
  { to: '/gateways', label: titles.gateways, icon: IconBroadcast, section: texts.operation, isFor: ({ isOverseer }) => isOverseer },
  { to: '/audit', label: titles.audit, icon: IconHistory, section: texts.operation, isFor: ({ isOverseer }) => isOverseer },
];

/** What a person sees of it. */
export function findNavigation(viewer: Viewer): readonly NavigationEntry[] {
  return navigation.filter(({ isFor }) => isFor?.(viewer) ?? true);
}
