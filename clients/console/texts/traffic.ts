import { words } from './words.ts';

const number = new Intl.NumberFormat('en');

/** How calls are counted, wherever they are. */
export const texts = {
  noCalls: 'no calls',
  calls: (count: number) => `${number.format(count)} ${count === 1 ? 'call' : 'calls'}`,
  errorRate: (rate: number) =>
    rate > 0 && rate < 0.001 ? '< 0.1 % failed' : `${(rate * 100).toFixed(rate === 0 || rate >= 0.1 ? 0 : 1)} % failed`,
  slowest: (ms: number | null | undefined) => (ms == null ? '' : `p95 ${words.duration(ms)}`),
} as const;
