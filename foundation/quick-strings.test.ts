import { setFlagsFromString } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { makeStringsQuick } from './quick-strings.ts';

setFlagsFromString('--allow-natives-syntax');
// eslint-disable-next-line no-new-func, typescript/no-implied-eval -- what V8 thinks of an object can be asked in no other way
const areStringsQuick = new Function('return %HasFastProperties(String.prototype)') as () => boolean;

describe('makeStringsQuick', () => {
  it('undoes what a class of strings does to all strings', () => {
    makeClassOfStrings();
    expect(areStringsQuick()).toBe(false);
    makeStringsQuick();
    expect(areStringsQuick()).toBe(true);
  });
});

function makeClassOfStrings(): unknown {
  return class extends String {};
}
