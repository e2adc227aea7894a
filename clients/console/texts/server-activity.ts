const number = new Intl.NumberFormat('en');

/** What the page of a server says about what happens with it. */
export const texts = {
  lastDay: 'The last 24 hours',
  calls: 'Calls',
  errors: 'Failed',
  refusals: 'Refused',
  slowest: '95 % within',
  chart: 'Calls in each of the last 24 hours',
  hour: (time: string, { calls, errors, refusals }: { calls: number; errors: number; refusals: number }) =>
    `${time}: ${number.format(calls)} ${calls === 1 ? 'call' : 'calls'}, ${number.format(errors)} failed, ${number.format(refusals)} refused`,
  dayAgo: 'a day ago',
  now: 'now',
  latest: 'Latest activity',
  all: 'See all of it',
  emptyTitle: 'Nothing happened yet',
  empty: 'As soon as somebody uses this server, what they call and how it went stands here.',
  when: 'When',
  what: 'What',
  who: 'Who',
  outcome: 'How it went',
  took: 'Took',
  number: (count: number) => number.format(count),
} as const;
