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
import { texts as audit } from '../texts/audit.ts';
import { texts as gateways } from '../texts/gateways.ts';
import { texts as interactions } from '../texts/interactions.ts';
import { texts } from '../texts/shell.ts';
import { texts as keys } from '../texts/api-keys.ts';
import { texts as clients } from '../texts/clients.ts';
import { texts as myServers } from '../texts/my-servers.ts';
import { texts as identityProviders } from '../texts/identity-providers.ts';
import { texts as people } from '../texts/people.ts';
import { texts as workspaces } from '../texts/workspaces.ts';
import { texts as servers } from '../texts/servers.ts';
import { texts as usage } from '../texts/usage.ts';

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
  { to: '/servers', label: servers.title, icon: IconServer2, section: texts.hub },
  { to: '/workspaces', label: workspaces.title, icon: IconUsersGroup, section: texts.hub },
  {
    to: '/people',
    label: people.title,
    icon: IconUsers,
    section: texts.hub,
    isFor: ({ isOverseer, isManager }) => isOverseer || isManager,
  },
  {
    to: '/api-keys',
    label: keys.allTitle,
    icon: IconKey,
    section: texts.hub,
    isFor: ({ isOverseer, isManager }) => isOverseer || isManager,
  },
  {
    to: '/identity-providers',
    label: identityProviders.title,
    icon: IconLogin2,
    section: texts.hub,
    isFor: ({ isOverseer }) => isOverseer,
  },
  { to: '/my-servers', label: myServers.title, icon: IconPlug, section: texts.own },
  { to: '/keys', label: keys.title, icon: IconKey, section: texts.own },
  { to: '/clients', label: clients.title, icon: IconApps, section: texts.own },
  { to: '/interactions', label: interactions.title, icon: IconActivity, section: texts.operation },
  { to: '/usage', label: usage.title, icon: IconChartBar, section: texts.operation },
  { to: '/gateways', label: gateways.title, icon: IconBroadcast, section: texts.operation, isFor: ({ isOverseer }) => isOverseer },
  { to: '/audit', label: audit.title, icon: IconHistory, section: texts.operation, isFor: ({ isOverseer }) => isOverseer },
];

/** What a person sees of it. */
export function findNavigation(viewer: Viewer): readonly NavigationEntry[] {
  return navigation.filter(({ isFor }) => isFor?.(viewer) ?? true);
}
