import type { UsageDimension } from '../../generated/graphql.ts';

/** How far one looks back. */
export const periods = ['hour', 'day', 'week', 'month'] as const;
export type Period = (typeof periods)[number];

/** By what one counts. */
export const dimensions = ['SERVER', 'CAPABILITY', 'USER', 'API_KEY', 'CLIENT', 'WORKSPACE'] as const satisfies readonly UsageDimension[];
export type Dimension = (typeof dimensions)[number];

/** What of the page is in its address. */
export interface UsageSearch {
  readonly period?: Period;
  readonly by?: Dimension;
}

export function parseUsageSearch(search: Record<string, unknown>): UsageSearch {
  return {
    period: periods.find((period) => period === search['period']),
    by: dimensions.find((dimension) => dimension === search['by']),
  };
}
