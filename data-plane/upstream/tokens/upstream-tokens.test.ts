import { describe, expect, it } from 'vitest';
import { sealSecret } from '../../../contract/sealed-secret.ts';
import {
  upstreamTokenOwner,
  type UpstreamToken,
  type UpstreamTokenAnswer,
  type UpstreamTokenQuestion,
} from '../../../contract/upstream-token.ts';
import { testKeyRing } from '../../../test/support/test-snapshot.ts';
import { UpstreamTokens } from './upstream-tokens.ts';

const NOW = 1_000_000;
const CONNECTION = { id: 'con_1', subjectId: 'usr_1', epoch: 2 };
const keyRing = testKeyRing();

const tokenOf = (changes: Partial<UpstreamToken> = {}): UpstreamToken => ({
  accessToken: 'a',
  epoch: 2,
  serial: 5,
  expiresAtMs: NOW + 60_000,
  ...changes,
});
const seal = (token: object, owner = upstreamTokenOwner('con_1')) => sealSecret(keyRing, owner, JSON.stringify(token));

function create(stored: string | null | Error, answers: readonly (UpstreamTokenAnswer | undefined)[] = []) {
  const asked: UpstreamTokenQuestion[] = [];
  const left = [...answers];
  const tokens = new UpstreamTokens({
    keyRing,
    clock: { nowMs: () => NOW },
    readStored: () => (stored instanceof Error ? Promise.reject(stored) : Promise.resolve(stored)),
    controlPlane: {
      ask: async (question) => {
        asked.push(question);
        return left.shift();
      },
      close: async () => undefined,
    },
  });
  return { tokens, asked };
}

const fresh: UpstreamTokenAnswer = { outcome: 'token', sealedToken: seal(tokenOf({ serial: 6 })) };

describe('a token', () => {
  it('is taken from Redis', async () => {
    const { tokens, asked } = create(seal(tokenOf()));
    expect(await tokens.obtain(CONNECTION)).toMatchObject({ ok: true, value: { serial: 5 } });
    expect(asked).toEqual([]);
  });

  it.each<[string, string | null | Error]>([
    ['there is none', null],
    ['Redis is away', new Error('away')],
    ['it has expired', seal(tokenOf({ expiresAtMs: NOW }))],
    ['it is of an earlier connection', seal(tokenOf({ epoch: 1 }))],
    ['it was sealed for another connection', seal(tokenOf(), upstreamTokenOwner('con_2'))],
    ['it is nothing that was sealed', 'nonsense'],
    ['it is no token', seal({ accessToken: 7 })],
  ])('is asked for where %s', async (_name, stored) => {
    const { tokens, asked } = create(stored, [fresh]);
    expect(await tokens.obtain(CONNECTION)).toMatchObject({ ok: true, value: { serial: 6 } });
    expect(asked).toEqual([{ connectionId: 'con_1' }]);
  });

  it('that was refused is not taken from Redis, but its successor is', async () => {
    const refused = create(seal(tokenOf()), [fresh]);
    expect(await refused.tokens.obtain(CONNECTION, { refusedSerial: 5 })).toMatchObject({ value: { serial: 6 } });
    expect(refused.asked).toEqual([{ connectionId: 'con_1', refusedSerial: 5 }]);
    const replaced = create(seal(tokenOf()));
    expect(await replaced.tokens.obtain(CONNECTION, { refusedSerial: 4 })).toMatchObject({ value: { serial: 5 } });
    expect(replaced.asked).toEqual([]);
  });

  it('is asked for again while the control plane is away', async () => {
    const { tokens, asked } = create(null, [undefined, { outcome: 'unavailable', retryAfterMs: 1 }, fresh]);
    expect(await tokens.obtain(CONNECTION)).toMatchObject({ ok: true });
    expect(asked).toHaveLength(3);
  });

  it('is not waited for where the authorization server wants to be left alone for long', async () => {
    const { tokens } = create(null, [{ outcome: 'unavailable', retryAfterMs: 60_000 }]);
    expect(await tokens.obtain(CONNECTION)).toEqual({ ok: false, error: { reason: 'unavailable', retryAfterMs: 60_000 } });
  });

  it('is not waited for by a process that stops', async () => {
    const { tokens } = create(null);
    const waiting = tokens.obtain(CONNECTION);
    await tokens.close();
    expect(await waiting).toMatchObject({ error: { reason: 'unavailable' } });
  });

  it('cannot be had for a connection that is dead', async () => {
    const { tokens } = create(null, [{ outcome: 'needs_authorization' }]);
    expect(await tokens.obtain(CONNECTION)).toEqual({ ok: false, error: { reason: 'needs_authorization' } });
  });

  it('that does not open is no outage', async () => {
    const { tokens } = create(null, [{ outcome: 'token', sealedToken: seal(tokenOf(), 'somebody') }]);
    expect(await tokens.obtain(CONNECTION)).toMatchObject({ error: { reason: 'unusable', failure: 'not_authentic' } });
  });
});
