import type { Stage } from './stage.ts';

/** A page that is looked at in both themes and on a phone, and held to WCAG AA. */
export interface VisitedPage {
  /** Names its pictures. */
  readonly name: string;
  readonly path: string;
  readonly who: 'owner' | 'manager' | 'member' | 'auditor';
  /** A text without which the page is not there yet. */
  readonly shows: string;
}

/** Every page, one line each. Journeys have been made before: there is something to see. */
export function listVisitedPages(_stage: Stage): readonly VisitedPage[] {
  return [
    { name: 'servers', path: 'servers', who: 'owner', shows: 'Guarded tools' },
    { name: 'add-server', path: 'servers/new', who: 'owner', shows: 'URL of the server' },
    { name: 'server', path: 'servers/open-tools', who: 'owner', shows: 'How people connect' },
    { name: 'server-tools', path: 'servers/open-tools?tab=tools', who: 'owner', shows: 'Details' },
    { name: 'server-access', path: 'servers/open-tools?tab=access', who: 'owner', shows: 'Test workspace' },
    { name: 'server-rules', path: 'servers/open-tools?tab=rules', who: 'owner', shows: 'No deletes' },
    { name: 'server-explain', path: 'servers/open-tools?tab=explain', who: 'owner', shows: 'Explain access' },
    { name: 'server-connections', path: 'servers/guarded?tab=connections', who: 'owner', shows: 'Test organization' },
    { name: 'server-settings', path: 'servers/open-tools?tab=settings', who: 'owner', shows: 'Delete this server' },
    { name: 'member-servers', path: 'servers', who: 'member', shows: 'Servers' },
  ];
}
