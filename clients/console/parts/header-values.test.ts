import { expect, test } from 'vitest';
import { toHeaderRows, toHeadersInput } from './header-values.ts';

test('the headers that the server names are asked for, else those that are stored, else any', () => {
  expect(toHeaderRows(['x-key'], ['x-old'])).toEqual([{ name: 'x-key', value: '' }]);
  expect(toHeaderRows(null, ['x-old', 'x-older']).map(({ name }) => name)).toEqual(['x-old', 'x-older']);
  expect(toHeaderRows(undefined, [])).toEqual([{ name: '', value: '' }]);
});

test('a value that is left empty stays as it is stored', () => {
  expect(
    toHeadersInput([
      { name: ' x-one ', value: '' },
      { name: 'x-two', value: ' as it is ' },
    ]),
  ).toEqual([
    { name: 'x-one', value: null },
    { name: 'x-two', value: ' as it is ' },
  ]);
});
