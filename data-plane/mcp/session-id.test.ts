import { randomBytes } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { KeyRing } from '../../contract/key-ring.ts';
import { SessionIds } from './session-id.ts';

const KEY_A = `a:${randomBytes(32).toString('base64')}`;
const KEY_B = `b:${randomBytes(32).toString('base64')}`;
const SESSION = { kind: 'pass-through' as const, upstreamSessionId: 'upstream-1', routeId: 'grant_1', callerId: 'user:usr_1' };

describe('SessionIds', () => {
  it('opens on another replica what one replica sealed', () => {
    const id = new SessionIds(KeyRing.parse(KEY_A)).seal(SESSION);
    expect(new SessionIds(KeyRing.parse(KEY_A)).find(id, 'grant_1', 'user:usr_1')).toEqual({ ...SESSION, id });
    expect(id).toMatch(/^[\x21-\x7e]+$/);
    expect(id).not.toContain('upstream-1');
  });

  it('opens to nothing for another caller or on another route, also when it was opened before', () => {
    const ids = new SessionIds(KeyRing.parse(KEY_A));
    const id = ids.seal(SESSION);
    expect(ids.find(id, 'grant_1', 'user:usr_1')).toBeDefined();
    expect(ids.find(id, 'grant_1', 'user:usr_2')).toBeUndefined();
    expect(ids.find(id, 'grant_2', 'user:usr_1')).toBeUndefined();
  });

  it('opens to nothing when it was changed or invented', () => {
    const ids = new SessionIds(KeyRing.parse(KEY_A));
    const id = ids.seal(SESSION);
    const changed = id.slice(0, -2) + (id.endsWith('AA') ? 'BB' : 'AA');
    for (const wrong of [changed, '', '.', 'a.', 'a.AAAA', 'zzz', `b${id.slice(1)}`, id + 'x'.repeat(5_000), '__proto__.AAAA']) {
      expect(ids.find(wrong, 'grant_1', 'user:usr_1'), wrong.slice(0, 40)).toBeUndefined();
    }
  });

  it('is opened again when it was forgotten, and found without being opened until then', () => {
    vi.useFakeTimers();
    const ids = new SessionIds(KeyRing.parse(KEY_A), 1_000);
    const id = ids.seal(SESSION);
    const first = ids.find(id, 'grant_1', 'user:usr_1');
    vi.advanceTimersByTime(1_500);
    expect(ids.find(id, 'grant_1', 'user:usr_1')).toBe(first);
    vi.advanceTimersByTime(3_000);
    const second = ids.find(id, 'grant_1', 'user:usr_1');
    expect(second).toEqual(first);
    expect(second).not.toBe(first);
    vi.useRealTimers();
  });

  it('survives a key rotation', () => {
    const id = new SessionIds(KeyRing.parse(KEY_A)).seal(SESSION);
    expect(new SessionIds(KeyRing.parse(`${KEY_B},${KEY_A}`)).find(id, 'grant_1', 'user:usr_1')).toEqual({ ...SESSION, id });
    expect(new SessionIds(KeyRing.parse(KEY_B)).find(id, 'grant_1', 'user:usr_1')).toBeUndefined();
  });
});

describe('a session that a process of the gateway keeps', () => {
  const client = { protocolVersion: '2025-11-25', clientInfo: { name: 'c', version: '1' }, capabilities: { roots: {} } };

  it.each(['bridged', 'sse'] as const)('names its home and what another process needs to take over (%s)', (kind) => {
    const session = { kind, routeId: 'grant_1', callerId: 'user:usr_1', home: 'dp_1', key: 'k', client };
    const id = new SessionIds(KeyRing.parse(KEY_A)).seal(session);
    expect(new SessionIds(KeyRing.parse(KEY_A)).find(id, 'grant_1', 'user:usr_1')).toEqual({ ...session, id });
    expect(id).not.toContain('dp_1');
  });
});
