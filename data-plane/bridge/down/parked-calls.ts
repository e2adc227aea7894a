import { randomUUID } from 'node:crypto';
import { openSecret, sealSecret } from '../../../contract/sealed-secret.ts';
import type { KeyRing } from '../../../contract/key-ring.ts';
import type { JudgeFate, Revocable } from '../../access/revocation.ts';
import type { AdmittedCall } from '../../upstream/forwarder.ts';
import type { DownCall } from './down-call.ts';

/** Bounds of what waits for clients that may never come back. */
export interface ParkingLimits {
  /** How many calls a process parks. */
  readonly maxCalls: number;
  /** How many of them one caller may have. */
  readonly maxCallsPerCaller: number;
  /** How long a call waits for its client, in milliseconds. */
  readonly maxWaitMs: number;
  /** How many bytes of answers that came meanwhile a process keeps. */
  readonly maxHeldBytes: number;
}

/** Where a `requestState` leads. */
export interface ParkingTicket {
  /** The process that keeps the call. */
  readonly home: string;
  readonly key: string;
}

interface ParkedCall {
  readonly call: DownCall;
  readonly callerId: string;
  readonly origin: Pick<AdmittedCall, 'caller' | 'target'>;
  readonly timer: NodeJS.Timeout;
}

/**
 * Calls that asked their client something and wait for it to come back. The client gets a ticket: sealed, for this caller on this
 * route only, good for one return.
 */
export class ParkedCalls implements Revocable {
  readonly #ring: KeyRing;
  readonly #home: string;
  readonly #limits: ParkingLimits;
  readonly #parked = new Map<string, ParkedCall>();
  readonly #perCaller = new Map<string, number>();
  heldBytes = 0;

  constructor(ring: KeyRing, home: string, limits: ParkingLimits) {
    this.#ring = ring;
    this.#home = home;
    this.#limits = limits;
  }

  get size(): number {
    return this.#parked.size;
  }

  /** Whether one more answer of this size may be kept for a client that is away. */
  canHold(bytes: number): boolean {
    return this.heldBytes + bytes <= this.#limits.maxHeldBytes;
  }

  /** Keeps a call and returns its ticket; undefined where too many wait already. */
  park(call: DownCall, origin: AdmittedCall): string | undefined {
    const callerId = origin.caller.id;
    const own = this.#perCaller.get(callerId) ?? 0;
    if (this.#parked.size >= this.#limits.maxCalls || own >= this.#limits.maxCallsPerCaller) return undefined;
    const key = randomUUID();
    const timer = setTimeout(() => this.#take(key)?.giveUp(), this.#limits.maxWaitMs);
    timer.unref();
    this.#parked.set(key, { call, callerId, origin: { caller: origin.caller, target: origin.target }, timer });
    this.#perCaller.set(callerId, own + 1);
    return sealSecret(this.#ring, toOwner(origin), JSON.stringify([this.#home, key]));
  }

  /** What a ticket says, or undefined where it is not one that this caller got on this route. */
  readTicket(origin: AdmittedCall, ticket: unknown): ParkingTicket | undefined {
    if (typeof ticket !== 'string') return undefined;
    const opened = openSecret(this.#ring, toOwner(origin), ticket);
    if (!opened.ok) return undefined;
    const [home, key] = JSON.parse(opened.value) as [string, string];
    return { home, key };
  }

  /** Hands a call to its client that came back; undefined where it is not there any more. */
  take({ key }: ParkingTicket): DownCall | undefined {
    return this.#take(key);
  }

  /** Gives up calls of callers who may not make them any longer. */
  revoke(judge: JudgeFate): void {
    for (const [key, { origin }] of this.#parked) if (judge(origin.target, origin.caller) === 'gone') this.#take(key)?.giveUp();
  }

  /** Gives up every call. For a process that stops. */
  close(): void {
    for (const key of this.#parked.keys()) this.#take(key)?.giveUp();
  }

  #take(key: string): DownCall | undefined {
    const parked = this.#parked.get(key);
    if (parked === undefined) return undefined;
    clearTimeout(parked.timer);
    this.#parked.delete(key);
    const left = (this.#perCaller.get(parked.callerId) ?? 1) - 1;
    if (left > 0) this.#perCaller.set(parked.callerId, left);
    else this.#perCaller.delete(parked.callerId);
    return parked.call;
  }
}

/** Sealed for an owner, so that a ticket does not open for another caller or on another route. */
function toOwner({ target, caller }: AdmittedCall): string {
  return `parked-call:${target.route.grantId}:${caller.id}`;
}
