import type { AuditActorKind, AuditChangeKind, AuditCredentialKind } from '../generated/graphql.ts';
import { titles } from './titles.ts';

/** What the audit page says. */
export const texts = {
  title: titles.audit,
  lead: 'Who changed what, from what to what, and with which credential. Secrets are never shown.',
  emptyTitle: 'Nothing was changed yet',
  empty: 'Every change of the configuration, every sign-in and every attempt to sign in appears here.',
  nothingTitle: 'No event is like that',
  nothing: 'Take away a filter, or look further back.',
  when: 'When',
  who: 'Who',
  action: 'Action',
  what: 'What',
  from: 'From',
  revision: 'Revision',
  anyKind: 'Everything',
  kind: 'About',
  period: 'Period',
  days: { all: 'All the time', '1': 'Last day', '7': 'Last 7 days', '30': 'Last 30 days' },
  clear: 'Clear filters',
  onlyOf: 'Only of one object',
  onlyBy: 'Only by one actor',
  close: 'Close',
  field: 'Value',
  before: 'Before',
  after: 'After',
  secret: 'secret',
  none: '–',
  credential: 'Credential',
  showResource: 'All events of this object',
  showActor: 'All events of this actor',
  more: (count: number) => `${count} more objects were changed together with these.`,
  noFields: 'No value was changed.',
  actors: {
    USER: 'A person',
    SERVICE_KEY: 'A service key',
    INSTANCE_ADMIN: 'The bootstrap key',
    ANONYMOUS: 'Somebody unknown',
    SYSTEM: 'The control plane',
  } satisfies Record<AuditActorKind, string>,
  credentials: {
    API_KEY: 'API key',
    BOOTSTRAP_KEY: 'Bootstrap key',
    BROWSER_SESSION: 'Browser session',
    NONE: 'None',
  } satisfies Record<AuditCredentialKind, string>,
  changes: { CREATED: 'Created', UPDATED: 'Changed', DELETED: 'Deleted', USED: 'Used' } satisfies Record<AuditChangeKind, string>,
} as const;

/** `mcpServerUpdate` as words: "Mcp server update". */
export function toWords(name: string): string {
  const words = name.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
