import { titles } from './titles.ts';

/** What the list of the clients that a person allowed says. */
export const texts = {
  title: titles.clients,
  lead: 'Each may use one server in your name, because you said so on the consent page.',
  emptyTitle: 'You allowed no client yet',
  empty: 'When a client connects to one of your servers for the first time, Sluice asks you. What you allow then shows here.',
  client: 'Client',
  server: 'Server',
  goesTo: 'Sends you back to',
  used: 'Last used',
  actions: 'Actions',
  revoke: 'Take back',
  revokeOf: (client: string, server: string) => `Take back what ${client} may do at ${server}`,
  revokeTitle: (client: string) => `Take back what you allowed ${client}?`,
  revokeText: (server: string) => `It is refused at ${server} from then on, and asks you again when it connects the next time.`,
  revoked: 'Taken back.',
} as const;
