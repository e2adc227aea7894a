import { titles } from './titles.ts';

/** What the page of gateways says. */
export const texts = {
  title: titles.gateways,
  lead: 'The processes that serve calls, and the revision of your configuration that each of them enforces.',
  emptyTitle: 'No gateway is running',
  empty: 'A change is stored at once, but nobody enforces it before a data plane runs. Start one, and it appears here by itself.',
  unknownTitle: 'It is not known which gateways run',
  unknown: 'Redis cannot be reached. Gateways go on with what they know; changes are stored and reach them when Redis is back.',
  gateway: 'Gateway',
  revision: 'Revision',
  since: 'In force since',
  started: 'Started',
  state: 'State',
  current: 'Up to date',
  behind: 'Behind',
  waiting: 'Has no configuration',
  fromDisk: 'From its disk',
  fromDiskHint: 'It started while Redis was away and serves the last configuration it knew.',
  refused: (revision: number | null | undefined) => (revision == null ? 'Refused a revision' : `Refused revision ${revision}`),
} as const;
