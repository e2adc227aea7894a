import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

/** In a process of its own: what other tests have loaded decides, too, what V8 thinks of strings. */
const PROGRAM = `
import { makeStringsQuick } from ${JSON.stringify(new URL('quick-strings.ts', import.meta.url).href)};
const seen = [];
class Text extends String {}
seen.push(%HasFastProperties(String.prototype));
makeStringsQuick();
seen.push(%HasFastProperties(String.prototype));
process.stdout.write(JSON.stringify(seen));
`;

describe('makeStringsQuick', () => {
  it('undoes what a class of strings does to all strings', async () => {
    const args = ['--allow-natives-syntax', '--input-type=module', '-e', PROGRAM];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    expect(JSON.parse(stdout)).toEqual([false, true]);
  });
});
