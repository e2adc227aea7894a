import { expect, it } from 'vitest';
import { REPORT_EXPIRY_MS, REPORT_INTERVAL_MS } from './gateway-report.ts';

it('a process may miss two reports before it counts as gone', () => {
  expect(REPORT_EXPIRY_MS).toBeGreaterThan(3 * REPORT_INTERVAL_MS);
});
