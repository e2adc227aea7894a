import { setTimeout as delay } from 'node:timers/promises';
import type { KeyRing } from '../../../contract/key-ring.ts';
import { openSecret } from '../../../contract/sealed-secret.ts';
import type { SnapshotConnection } from '../../../contract/snapshot.ts';
import { UpstreamTokenSchema, upstreamTokenOwner, type UpstreamToken, type UpstreamTokenAnswer } from '../../../contract/upstream-token.ts';
import type { Clock } from '../../../foundation/clock.ts';
import { err, ok, type Result } from '../../../foundation/result.ts';
import type { ControlPlaneClient } from './control-plane-client.ts';
import type { TokenFailure, TokenRefusal, TokenSource } from './token-source.ts';

/** What finding tokens needs of the process. */
export interface UpstreamTokensOptions {
  readonly keyRing: KeyRing;
  readonly clock: Clock;
  /** The sealed token in Redis; rejects while Redis is away. */
  readonly readStored: (connectionId: string) => Promise<string | null>;
  readonly controlPlane: Pick<ControlPlaneClient, 'ask' | 'close'>;
}

/** How long a call may wait for a token, in milliseconds: a control plane that is restarted is back by then. */
const MAX_WAIT_MS = 25_000;

/** The pause before the control plane is asked again, in milliseconds: doubled up to the longest. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;

/** When a call may come again that waited in vain, in milliseconds. */
const RETRY_AFTER_MS = 5_000;

/** The life that a stored token must still have, in milliseconds. */
const LEAST_LIFE_MS = 500;

type Obtained = Result<UpstreamToken, TokenFailure>;

/** Finds tokens in Redis, where the control plane puts what it obtains ahead of time, and else asks the control plane. */
export class UpstreamTokens implements TokenSource {
  readonly #options: UpstreamTokensOptions;
  readonly #closing = new AbortController();

  constructor(options: UpstreamTokensOptions) {
    this.#options = options;
  }

  async obtain(connection: SnapshotConnection, refusal?: TokenRefusal, traceparent?: string): Promise<Obtained> {
    const stored = refusal?.missingScopes === undefined ? await this.#readStored(connection, refusal) : undefined;
    return stored === undefined ? this.#ask(connection, refusal, traceparent) : ok(stored);
  }

  /** Whoever waits is told that nobody can be asked. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#options.controlPlane.close();
  }

  async #readStored(connection: SnapshotConnection, refusal: TokenRefusal | undefined): Promise<UpstreamToken | undefined> {
    const sealed = await this.#options.readStored(connection.id).catch(() => null); // away: the control plane knows as well
    const token = sealed === null ? undefined : this.#open(connection, sealed);
    if (token?.ok !== true || token.value.serial === refusal?.refusedSerial) return undefined;
    const { epoch, expiresAtMs = Infinity } = token.value;
    // One that was obtained before somebody connected anew may be of another account.
    return epoch >= (connection.epoch ?? 0) && expiresAtMs - LEAST_LIFE_MS > this.#options.clock.nowMs() ? token.value : undefined;
  }

  async #ask(connection: SnapshotConnection, refusal: TokenRefusal | undefined, traceparent: string | undefined): Promise<Obtained> {
    const { clock, controlPlane } = this.#options;
    const deadlineMs = clock.nowMs() + MAX_WAIT_MS;
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(MAX_WAIT_MS)]);
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      const answer = await controlPlane.ask({ connectionId: connection.id, ...refusal }, signal, traceparent);
      const outcome = this.#judge(connection, answer);
      if (outcome !== undefined) return outcome;
      const waitMs = answer?.outcome === 'unavailable' ? Math.max(answer.retryAfterMs, FIRST_PAUSE_MS) : pauseMs;
      if (signal.aborted || clock.nowMs() + waitMs >= deadlineMs) return err({ reason: 'unavailable', retryAfterMs: RETRY_AFTER_MS });
      await delay(waitMs, undefined, { signal }).catch(() => undefined); // closing: the next question fails at once
    }
  }

  /** What an answer comes to; undefined where it is worth asking again. */
  #judge(connection: SnapshotConnection, answer: UpstreamTokenAnswer | undefined): Obtained | undefined {
    switch (answer?.outcome) {
      case 'token':
        return this.#open(connection, answer.sealedToken);
      case 'needs_authorization':
        return err({ reason: 'needs_authorization' });
      case 'unavailable':
        return answer.retryAfterMs > LONGEST_WAIT_MS ? err({ reason: 'unavailable', retryAfterMs: answer.retryAfterMs }) : undefined;
      case undefined:
        return undefined;
    }
  }

  #open({ id }: SnapshotConnection, sealed: string): Obtained {
    const opened = openSecret(this.#options.keyRing, upstreamTokenOwner(id), sealed);
    if (!opened.ok) return err({ reason: 'unusable', failure: opened.error.reason });
    const token = UpstreamTokenSchema.safeParse(JSON.parse(opened.value));
    return token.success ? ok(token.data) : err({ reason: 'unusable', failure: 'token_malformed' });
  }
}

/** The longest pause that an upstream's authorization server may ask for while calls wait, in milliseconds. */
const LONGEST_WAIT_MS = 5_000;
