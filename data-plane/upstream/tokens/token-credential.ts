import type { SnapshotConnection } from '../../../contract/snapshot.ts';
import type { UpstreamToken } from '../../../contract/upstream-token.ts';
import type { Clock } from '../../../foundation/clock.ts';
import { err, ok, type Result } from '../../../foundation/result.ts';
import type { Exchange } from '../../request/exchange.ts';
import type { Rejection } from '../../request/rejection.ts';
import { findTraceparent } from '../../telemetry/tracing.ts';
import type { CredentialHeaders, CredentialRenewal, FindTraceparent, UpstreamCredential } from '../credential.ts';
import type { TokenFailure, TokenRefusal, TokenSource } from './token-source.ts';
import type { WaitingRoom } from './waiting-room.ts';

/** What a token credential works with. */
export interface TokenCredentialOptions {
  readonly source: TokenSource;
  readonly waiting: WaitingRoom;
  readonly clock: Clock;
}

/** How long before its end a token is replaced, in milliseconds; of a short-lived one, a tenth of its life. Meanwhile calls go on with it. */
const MARGIN_MS = 10_000;

/** How often it is tried to replace a token that is still good, in milliseconds. */
const RETRY_MS = 2_000;

/** How long a token that replaced a refused one and never worked is not replaced for being refused as well, in milliseconds: the next one would be too. */
const DISTRUST_MS = 10_000;

/** How long it counts that somebody has to connect again, in milliseconds. The snapshot will say so, too. */
const DENIED_MS = 1_000;

type Outcome = Result<void, Rejection>;

/** A token on its way, for everybody who waits for one. */
interface Flight {
  readonly refusal: TokenRefusal | undefined;
  readonly outcome: Promise<Outcome>;
}

/** The access tokens of one connection, one after the other. Whoever finds none that is good waits for the same answer. */
export class TokenCredential implements UpstreamCredential, CredentialRenewal {
  headers: CredentialHeaders = [];
  readonly refusal: Rejection;
  readonly connectionId: string;
  readonly #connection: SnapshotConnection;
  readonly #options: TokenCredentialOptions;
  #serial = 0;
  /** Until then the token is used as it is. */
  #freshUntilMs = 0;
  /** Until then it may be used while another one is on its way. */
  #validUntilMs = 0;
  #nextTryMs = 0;
  #deniedUntilMs = 0;
  #renewedAtMs = -DISTRUST_MS;
  #scopesNotedAtMs = -DISTRUST_MS;
  #flight: Flight | undefined;

  /** @param refusal what a caller is told where somebody has to connect again. */
  constructor(connection: SnapshotConnection, refusal: Rejection, options: TokenCredentialOptions) {
    this.#connection = connection;
    this.connectionId = connection.id;
    this.refusal = refusal;
    this.#options = options;
  }

  get renewal(): CredentialRenewal {
    return this;
  }

  /** Makes sure of headers that are good now; undefined where they are. */
  prepare(nowMs: number, exchange?: Exchange): Promise<Outcome> | undefined {
    if (nowMs < this.#freshUntilMs) return undefined;
    if (nowMs < this.#deniedUntilMs) return Promise.resolve(err(this.refusal));
    if (nowMs >= this.#validUntilMs)
      return this.#options.waiting.admit(() => this.#obtain(undefined, exchange && findTraceparent(exchange)));
    if (nowMs >= this.#nextTryMs) {
      this.#nextTryMs = nowMs + RETRY_MS;
      void this.#obtain(undefined, exchange && findTraceparent(exchange));
    }
    return undefined;
  }

  renew(refused: CredentialHeaders, findParent?: FindTraceparent): Promise<Outcome> {
    if (refused !== this.headers) return Promise.resolve(ok(undefined)); // replaced since it was sent
    const nowMs = this.#options.clock.nowMs();
    if (nowMs - this.#renewedAtMs < DISTRUST_MS || nowMs < this.#deniedUntilMs) return Promise.resolve(err(this.refusal));
    this.#freshUntilMs = this.#validUntilMs = 0;
    return this.#options.waiting.admit(() => this.#obtain({ refusedSerial: this.#serial }, findParent?.()));
  }

  noteAccepted(): void {
    this.#renewedAtMs = -DISTRUST_MS;
  }

  noteMissingScopes(missingScopes: string): void {
    const nowMs = this.#options.clock.nowMs();
    if (nowMs - this.#scopesNotedAtMs < DISTRUST_MS) return;
    this.#scopesNotedAtMs = nowMs;
    void this.#options.source.obtain(this.#connection, { refusedSerial: this.#serial, missingScopes });
  }

  #obtain(refusal?: TokenRefusal, traceparent?: string): Promise<Outcome> {
    const running = this.#flight;
    if (running === undefined) return this.#start(refusal, traceparent);
    if (refusal === undefined || running.refusal?.refusedSerial === refusal.refusedSerial) return running.outcome;
    // What is on its way may be the very token that was refused.
    return running.outcome.then((outcome) =>
      outcome.ok && this.#serial === refusal.refusedSerial ? this.#obtain(refusal, traceparent) : outcome,
    );
  }

  #start(refusal: TokenRefusal | undefined, traceparent: string | undefined): Promise<Outcome> {
    const outcome = this.#options.source.obtain(this.#connection, refusal, traceparent).then((obtained) => {
      this.#flight = undefined;
      return obtained.ok ? this.#take(obtained.value, refusal) : err(this.#toRejection(obtained.error));
    });
    this.#flight = { refusal, outcome };
    return outcome;
  }

  #take(token: UpstreamToken, refusal: TokenRefusal | undefined): Outcome {
    if (!HEADER_SAFE.test(token.accessToken)) return err(this.#toRejection({ reason: 'unusable', failure: 'token_malformed' }));
    const nowMs = this.#options.clock.nowMs();
    const lifeMs = (token.expiresAtMs ?? Infinity) - nowMs;
    this.#validUntilMs = nowMs + lifeMs;
    this.#freshUntilMs = this.#validUntilMs - Math.min(MARGIN_MS, lifeMs / 10);
    if (token.serial !== this.#serial) this.#renewedAtMs = refusal === undefined ? -DISTRUST_MS : nowMs;
    if (token.serial !== this.#serial) this.headers = ['authorization', `Bearer ${token.accessToken}`];
    this.#serial = token.serial;
    return ok(undefined);
  }

  #toRejection(failure: TokenFailure): Rejection {
    switch (failure.reason) {
      case 'needs_authorization':
        this.#deniedUntilMs = this.#options.clock.nowMs() + DENIED_MS;
        return this.refusal;
      case 'unavailable':
        return { reason: 'credential_unavailable', retryAfterMs: failure.retryAfterMs };
      case 'unusable':
        return { reason: 'connection_unusable', connectionId: this.#connection.id, failure: failure.failure };
    }
  }
}

/** What a token may be made of (RFC 6750 section 2.1), and a little more than that. */
const HEADER_SAFE = /^[\x21-\x7e]+$/;
