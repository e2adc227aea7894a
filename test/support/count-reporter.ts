import type { Reporter, TestModule } from 'vitest/node';

/** Prints one line that a script can read; vitest's own summary is for people. */
export class CountReporter implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>): void {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) count[test.result().state] += 1;
      // A file that cannot be loaded has no tests, and must not pass unnoticed.
      if (module.errors().length > 0) count.failed += 1;
    }
    process.stdout.write(`tests: ${count.passed} passed, ${count.failed} failed, ${count.skipped + count.pending} skipped\n`);
  }
}
