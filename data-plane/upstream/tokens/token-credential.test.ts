import { describe, expect, it } from 'vitest';
import type { SnapshotConnection } from '../../../contract/snapshot.ts';
import type { UpstreamToken } from '../../../contract/upstream-token.ts';
import { err, ok, type Result } from '../../../foundation/result.ts';
import type { TokenFailure, TokenRefusal, TokenSource } from './token-source.ts';
import { TokenCredential } from './token-credential.ts';
import { WaitingRoom } from './waiting-room.ts';

const CONNECTION: SnapshotConnection = { id: 'con_1', subjectId: 'usr_1' };
const REFUSAL = { reason: 'authorization_required', subject: 'user' } as const;

/** Answers when the test says so. */
class FakeSource implements TokenSource {
  readonly asked: (TokenRefusal | undefined)[] = [];
  readonly #waiting: ((outcome: Result<UpstreamToken, TokenFailure>) => void)[] = [];

  obtain(_connection: SnapshotConnection, refusal?: TokenRefusal): Promise<Result<UpstreamToken, TokenFailure>> {
    this.asked.push(refusal);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async answer(outcome: Result<UpstreamToken, TokenFailure>): Promise<void> {
    this.#waiting.shift()!(outcome);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const tokenOf = (serial: number, expiresAtMs?: number) => ok({ accessToken: `token-${serial}`, serial, epoch: 0, expiresAtMs });

function create(maxWaiting?: number) {
  const source = new FakeSource();
  const clock = { now: 1_000_000, nowMs: () => clock.now };
  const credential = new TokenCredential(CONNECTION, REFUSAL, { source, clock, waiting: new WaitingRoom(maxWaiting) });
  return { source, clock, credential, prepare: () => credential.prepare(clock.now) };
}

async function createWith(expiresAtMs?: number) {
  const world = create();
  const prepared = world.prepare();
  await world.source.answer(tokenOf(1, expiresAtMs));
  await prepared;
  return world;
}

describe('a token', () => {
  it('is obtained once for all calls that wait, and then used without waiting', async () => {
    const { source, credential, prepare } = create();
    const calls = [prepare(), prepare(), prepare()].map((call) => Promise.resolve(call));
    await source.answer(tokenOf(1, 2_000_000));
    expect(await Promise.all(calls)).toEqual([ok(undefined), ok(undefined), ok(undefined)]);
    expect(source.asked).toHaveLength(1);
    expect(credential.headers).toEqual(['authorization', 'Bearer token-1']);
    expect(prepare()).toBeUndefined();
  });

  it('is replaced shortly before its end while calls go on with it', async () => {
    const { source, clock, credential, prepare } = await createWith(2_000_000);
    clock.now = 1_989_999;
    expect(prepare()).toBeUndefined();
    expect(source.asked).toHaveLength(1);
    clock.now = 1_990_001;
    expect([prepare(), prepare()]).toEqual([undefined, undefined]);
    expect(source.asked).toHaveLength(2);
    await source.answer(tokenOf(2, 3_000_000));
    expect(credential.headers).toEqual(['authorization', 'Bearer token-2']);
  });

  it('is used to its end where nobody can replace it, and then calls are told to come again', async () => {
    const { source, clock, prepare } = await createWith(2_000_000);
    clock.now = 1_995_000;
    expect(prepare()).toBeUndefined();
    await source.answer(err({ reason: 'unavailable', retryAfterMs: 5_000 }));
    expect(prepare()).toBeUndefined();
    clock.now = 2_000_000;
    const late = prepare();
    await source.answer(err({ reason: 'unavailable', retryAfterMs: 5_000 }));
    expect(await late).toEqual(err({ reason: 'credential_unavailable', retryAfterMs: 5_000 }));
  });

  it('without an end is used until it is refused', async () => {
    const { clock, prepare } = await createWith();
    clock.now *= 1_000;
    expect(prepare()).toBeUndefined();
  });

  it('that could break out of its header is not used', async () => {
    const { source, prepare } = create();
    const waiting = prepare();
    await source.answer(ok({ accessToken: 'a\r\nx: y', serial: 1, epoch: 0 }));
    expect(await waiting).toMatchObject({ error: { reason: 'connection_unusable' } });
  });
});

describe('a refused token', () => {
  it('is replaced once for all calls that sent it, and those that come meanwhile wait', async () => {
    const { source, credential, prepare } = await createWith(2_000_000);
    const sent = credential.headers;
    const renewals = [credential.renew(sent), credential.renew(sent)];
    const meanwhile = prepare();
    expect(source.asked).toEqual([undefined, { refusedSerial: 1 }]);
    await source.answer(tokenOf(2, 2_000_000));
    expect(await Promise.all([...renewals, meanwhile])).toEqual([ok(undefined), ok(undefined), ok(undefined)]);
    expect(await credential.renew(sent)).toEqual(ok(undefined));
    expect(source.asked).toHaveLength(2);
  });

  it('is not taken for replaced by the very same one that was on its way', async () => {
    const { source, clock, credential, prepare } = await createWith(2_000_000);
    clock.now = 1_995_000;
    void prepare();
    const renewal = credential.renew(credential.headers);
    await source.answer(tokenOf(1, 2_000_000));
    expect(source.asked.at(-1)).toEqual({ refusedSerial: 1 });
    await source.answer(tokenOf(2, 3_000_000));
    expect(await renewal).toEqual(ok(undefined));
    expect(credential.headers).toEqual(['authorization', 'Bearer token-2']);
  });

  it('is not replaced again and again where the new one is refused as well', async () => {
    const { source, clock, credential } = await createWith(2_000_000);
    const renewal = credential.renew(credential.headers);
    await source.answer(tokenOf(2, 2_000_000));
    await renewal;
    expect(await credential.renew(credential.headers)).toEqual(err(REFUSAL));
    expect(source.asked).toHaveLength(2);
    clock.now += 10_000;
    void credential.renew(credential.headers);
    expect(source.asked).toHaveLength(3);
  });

  it('is replaced at once where the one before it has worked', async () => {
    const { source, credential } = await createWith(2_000_000);
    const renewal = credential.renew(credential.headers);
    await source.answer(tokenOf(2, 2_000_000));
    await renewal;
    credential.noteAccepted();
    void credential.renew(credential.headers);
    expect(source.asked.at(-1)).toEqual({ refusedSerial: 2 });
  });

  it('leads to a person where the connection is dead, and the control plane is not asked by every call', async () => {
    const { source, clock, credential, prepare } = await createWith(2_000_000);
    const renewal = credential.renew(credential.headers);
    await source.answer(err({ reason: 'needs_authorization' }));
    expect(await renewal).toEqual(err(REFUSAL));
    expect(await prepare()).toEqual(err(REFUSAL));
    expect(source.asked).toHaveLength(2);
    clock.now += 1_000;
    void prepare();
    expect(source.asked).toHaveLength(3);
  });

  it('for lack of scopes is reported with them', async () => {
    const { source, credential } = await createWith(2_000_000);
    credential.noteMissingScopes('files:write');
    credential.noteMissingScopes('files:write');
    expect(source.asked).toHaveLength(2);
    expect(source.asked.at(-1)).toEqual({ refusedSerial: 1, missingScopes: 'files:write' });
  });
});

describe('the room for calls that wait', () => {
  it('is bounded', async () => {
    const { source, prepare } = create(2);
    const calls = [prepare(), prepare(), prepare()].map((call) => Promise.resolve(call));
    expect(await calls[2]).toEqual(err({ reason: 'credential_unavailable', retryAfterMs: 1_000 }));
    await source.answer(tokenOf(1));
    expect(await Promise.all(calls.slice(0, 2))).toEqual([ok(undefined), ok(undefined)]);
    expect(prepare()).toBeUndefined();
  });
});
