import { describe, expect, it } from 'vitest';
import { compilePattern, foldName, foldUri, matchesPattern } from './name-pattern.ts';
import { compileUriTemplate, expandsTo, mayExpandTo } from './uri-template.ts';

describe('matchesPattern', () => {
  it.each([
    ['deploy', 'deploy', true],
    ['deploy', 'Deploy', true],
    ['deploy', 'dep\u200bloy', true],
    ['deploy', 'ｄｅｐｌｏｙ', true],
    ['deploy', 'deploy2', false],
    ['*', '', true],
    ['delete_*', 'DELETE_repo', true],
    ['delete_*', 'undelete_repo', false],
    ['*_repo', 'delete_repo', true],
    ['a*b*c', 'a-c-b-c', true],
    ['a*b*c', 'acb', false],
    ['ab*ba', 'aba', false],
    ['file:///secret/*', 'file:///secret/key', true],
  ])('%s and %s: %s', (pattern, name, expected) => {
    expect(matchesPattern(compilePattern(pattern), foldName(name))).toBe(expected);
  });

  it('takes linear time', () => {
    const pattern = compilePattern(`${'*a'.repeat(100)}*b`);
    const startedAt = performance.now();
    expect(matchesPattern(pattern, 'a'.repeat(100_000))).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});

describe('foldUri', () => {
  it.each([
    'FILE:///secret/key',
    'file:///%73ecret/key',
    'file:///%2573ecret/key',
    'file:///open/../secret/key',
    'file:///open/%2e%2e/secret/key',
  ])('sees through %s', (uri) => {
    expect(foldUri(uri)).toContain('file:///secret/key');
  });

  it('keeps what is not encoded well', () => {
    expect(foldUri('x://%ff%zz')).toEqual(['x://%ff%zz']);
  });
});

describe('a URI template', () => {
  const narrow = compileUriTemplate('db://{table}/{id}/row');
  const wide = compileUriTemplate('file:///{+path}');

  it('restricts whatever may be an expansion', () => {
    expect(mayExpandTo(narrow, foldUri('DB://users/a%2fb/row'))).toBe(true);
    expect(mayExpandTo(wide, foldUri('file:///a/b'))).toBe(true);
    expect(mayExpandTo(wide, foldUri('db://a'))).toBe(false);
  });

  it('vouches only for what surely is one', () => {
    expect(expandsTo(narrow, 'db://users/1/row')).toBe(true);
    expect(expandsTo(narrow, 'db://users/1/2/row')).toBe(false);
    expect(expandsTo(narrow, 'DB://users/1/row')).toBe(false);
    expect(expandsTo(wide, 'file:///a/b')).toBe(true);
    expect(expandsTo(compileUriTemplate('a:b'), 'a:b')).toBe(true);
    expect(expandsTo(compileUriTemplate('a:{x}{+y}'), 'a:b/c')).toBe(true);
  });
});
