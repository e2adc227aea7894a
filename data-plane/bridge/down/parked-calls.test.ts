import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { KeyRing } from '../../../contract/key-ring.ts';
import type { AdmittedCall } from '../../upstream/forwarder.ts';
import type { DownCall } from './down-call.ts';
import { ParkedCalls } from './parked-calls.ts';

const ring = KeyRing.parse(`a:${randomBytes(32).toString('base64')}`);
const LIMITS = { maxCalls: 3, maxCallsPerCaller: 2, maxWaitMs: 1_000, maxHeldBytes: 100 };

const originOf = (caller: string, grant = 'grant_1') =>
  ({ caller: { id: caller }, target: { route: { grantId: grant } } }) as unknown as AdmittedCall;
const fakeCall = () => ({ giveUp: vi.fn() }) as unknown as DownCall & { readonly giveUp: ReturnType<typeof vi.fn> };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('ParkedCalls', () => {
  it('gives a call back once, to the caller and on the route it was parked by', () => {
    const parked = new ParkedCalls(ring, 'home', LIMITS);
    const call = fakeCall();
    const state = parked.park(call, originOf('ada'))!;
    expect(parked.readTicket(originOf('bob'), state)).toBeUndefined();
    expect(parked.readTicket(originOf('ada', 'grant_2'), state)).toBeUndefined();
    expect(parked.readTicket(originOf('ada'), 12)).toBeUndefined();
    const ticket = parked.readTicket(originOf('ada'), state)!;
    expect(ticket.home).toBe('home');
    expect(parked.take(ticket)).toBe(call);
    expect(parked.take(ticket)).toBeUndefined();
    expect(parked.size).toBe(0);
  });

  it('reads the tickets of other processes, whose calls it does not have', () => {
    const state = new ParkedCalls(ring, 'other', LIMITS).park(fakeCall(), originOf('ada'));
    const parked = new ParkedCalls(ring, 'home', LIMITS);
    const ticket = parked.readTicket(originOf('ada'), state)!;
    expect(ticket.home).toBe('other');
    expect(parked.take(ticket)).toBeUndefined();
  });

  it('keeps no more than it may, of one caller and of all', () => {
    const parked = new ParkedCalls(ring, 'home', LIMITS);
    const park = (caller: string) => parked.park(fakeCall(), originOf(caller)) !== undefined;
    expect([park('ada'), park('ada'), park('ada')]).toEqual([true, true, false]);
    expect([park('bob'), park('bob')]).toEqual([true, false]);
    vi.advanceTimersByTime(LIMITS.maxWaitMs);
    expect([park('ada'), park('bob')]).toEqual([true, true]);
  });

  it('gives up a call whose client does not come back', () => {
    const parked = new ParkedCalls(ring, 'home', LIMITS);
    const call = fakeCall();
    const ticket = parked.readTicket(originOf('ada'), parked.park(call, originOf('ada')))!;
    vi.advanceTimersByTime(LIMITS.maxWaitMs - 1);
    expect(call.giveUp).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(call.giveUp).toHaveBeenCalledOnce();
    expect(parked.take(ticket)).toBeUndefined();
  });

  it('gives up all of them when the process stops', () => {
    const parked = new ParkedCalls(ring, 'home', LIMITS);
    const calls = [fakeCall(), fakeCall()];
    for (const [position, call] of calls.entries()) parked.park(call, originOf(`caller-${position}`));
    parked.close();
    for (const call of calls) expect(call.giveUp).toHaveBeenCalledOnce();
  });

  it('knows how much may be kept for clients that are away', () => {
    const parked = new ParkedCalls(ring, 'home', LIMITS);
    parked.heldBytes = 60;
    expect([parked.canHold(40), parked.canHold(41)]).toEqual([true, false]);
  });
});
