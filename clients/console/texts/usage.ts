import type { Dimension, Period } from '../pages/usage/usage-search.ts';
import { titles } from './titles.ts';

/** What the page of usage says. */
export const texts = {
  title: titles.usage,
  lead: 'How much is called, by whom, how often it fails and how long it takes.',
  emptyTitle: 'Nothing was called in this time',
  empty: 'Choose a longer period, or connect a client to one of your servers.',
  period: 'Period',
  periods: { hour: 'Last hour', day: 'Last day', week: 'Last 7 days', month: 'Last 30 days' } satisfies Record<Period, string>,
  by: 'Counted by',
  dimensions: {
    SERVER: 'Server',
    CAPABILITY: 'Tool',
    USER: 'Person',
    API_KEY: 'Key',
    CLIENT: 'Client',
    WORKSPACE: 'Workspace',
  } satisfies Record<Dimension, string>,
  unknown: {
    SERVER: 'No server',
    CAPABILITY: 'Other methods',
    USER: 'No person: service keys',
    API_KEY: 'No key: clients that people allowed',
    CLIENT: 'Not said',
    WORKSPACE: 'No workspace',
  } satisfies Record<Dimension, string>,
  name: 'Name',
  calls: 'Calls',
  completed: 'Completed',
  errors: 'Errors',
  refusals: 'Refused',
  median: 'Median',
  p95: '95 % within',
  traffic: 'Sent and received',
  callsOverTime: 'Calls over time',
  timeOverTime: 'Time of calls, in milliseconds',
  errorRate: (errors: number, calls: number) => (calls === 0 ? '–' : `${((errors / calls) * 100).toFixed(errors === 0 ? 0 : 1)} %`),
  number: (count: number) => new Intl.NumberFormat('en').format(count),
  bytes: (count: number) =>
    new Intl.NumberFormat('en', { notation: 'compact', style: 'unit', unit: 'byte', unitDisplay: 'narrow' }).format(count),
} as const;
