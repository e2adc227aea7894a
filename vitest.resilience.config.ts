import tests from './vitest.config.ts';

/** Tests that stop, kill and overload real processes: each of them keeps a processor busy, and `npm test` has to stay short. */
export default { ...tests, test: { ...tests.test, include: ['test/resilience/*.test.ts'], exclude: [] } };
