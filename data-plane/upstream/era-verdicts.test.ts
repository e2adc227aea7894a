import { describe, expect, it } from 'vitest';
import { serverDocument } from '../../test/support/test-snapshot.ts';
import { EraVerdicts } from './era-verdicts.ts';
import type { AdmittedCall } from './forwarder.ts';

const server = serverDocument('docs', { authentication: 'CUSTOM_HEADERS', granularity: 'USER' });

function callOf(callerId: string, startedAtMs = Date.now(), target = server): AdmittedCall {
  return { exchange: { startedAtMs }, target: { server: target, workspace: { id: 'ws_1' } }, caller: { id: callerId } } as AdmittedCall;
}

describe('EraVerdicts', () => {
  it('knows what was learned with the same credential, and no other', () => {
    const verdicts = new EraVerdicts();
    verdicts.learn(callOf('user:a'), { modern: true });
    verdicts.learn(callOf('user:a'), { legacy: false });
    expect(verdicts.find(callOf('user:a'))).toMatchObject({ modern: true, legacy: false });
    expect(verdicts.find(callOf('user:b'))).toEqual({});
    verdicts.forget(callOf('user:a'));
    expect(verdicts.find(callOf('user:a'))).toEqual({});
  });

  it('shares a verdict where the credential is shared', () => {
    const shared = serverDocument('shared');
    const verdicts = new EraVerdicts();
    verdicts.learn(callOf('user:a', Date.now(), shared), { modern: false });
    expect(verdicts.find(callOf('user:b', Date.now(), shared))).toMatchObject({ modern: false });
  });

  it('starts anew after a day, and when the server was changed', () => {
    const verdicts = new EraVerdicts();
    verdicts.learn(callOf('user:a'), { modern: false });
    expect(verdicts.find(callOf('user:a', Date.now() + 25 * 3_600_000))).toEqual({});
    expect(verdicts.find(callOf('user:a', Date.now(), { ...server }))).toEqual({});
  });
});
