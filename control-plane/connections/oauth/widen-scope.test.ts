import { describe, expect, it } from 'vitest';
import type { TokenRecord } from './token-store.ts';
import { planWiderScope } from './widen-scope.ts';

function record(requestedScope: string | null, scopes: readonly string[] | null = null): TokenRecord {
  return { row: { requestedScope }, server: { oauth: { scopes } } } as unknown as TokenRecord;
}

describe('scopes that the upstream misses', () => {
  it('are asked for together with those that were asked for before', () => {
    const change = planWiderScope(record('read'), 'write admin');
    expect(change).toMatchObject({ state: 'NEEDS_AUTHORIZATION', refreshAt: null });
    expect(change?.requestedScope?.split(' ').toSorted()).toEqual(['admin', 'read', 'write']);
    expect(change?.reason).toContain('write admin');
  });

  it('are not asked for again in vain', () => {
    expect(planWiderScope(record('read write'), 'write')).toMatchObject({ state: 'ERROR' });
  });

  it('are an administrator’s business where the settings name the scopes', () => {
    const change = planWiderScope(record('read', ['read']), 'write');
    expect(change).toMatchObject({ state: 'ERROR', reason: expect.stringContaining('administrator') as string });
    expect(change?.requestedScope).toBeUndefined();
  });

  it('are bounded, and only what a scope may be', () => {
    expect(planWiderScope(record('x'.repeat(2_040)), 'yyyyyyyyyy')).toMatchObject({ state: 'ERROR' });
    for (const nonsense of ['', 'a  b', 'a"b', 'a\\b', 'ü']) expect(planWiderScope(record('read'), nonsense)).toBeUndefined();
  });
});
