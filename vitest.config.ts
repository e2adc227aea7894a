import { configDefaults, defineConfig } from 'vitest/config';
import { CountReporter } from './test/support/count-reporter.ts';
import { FileOrder } from './test/support/file-order.ts';

export default defineConfig({
  // One copy of graphql: its package has an ESM and a CommonJS entry, and a test that calls both TypeGraphQL and graphql would load two.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['{contract,foundation,control-plane,data-plane,embedded,clients,test}/**/*.test.ts'],
    // They have a lane of their own: npm run resilience.
    exclude: [...configDefaults.exclude, 'test/resilience/**'],
    globalSetup: ['test/support/global-setup.ts'],
    // What the decorators of GraphQL need, whichever file a worker begins with.
    setupFiles: ['reflect-metadata'],
    // Most test files wait for processes, so that more of them than there are processors get done sooner.
    maxWorkers: 4,
    // A worker and its modules serve one file after the other, which saves a third of the work. A file that mocks a module could not share one.
    isolate: false,
    sequence: { sequencer: FileOrder },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: ['default', new CountReporter()],
    server: { deps: { inline: ['type-graphql', '@apollo/server'] } },
  },
});
