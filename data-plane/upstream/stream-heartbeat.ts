import type { JudgeFate, Revocable } from '../access/revocation.ts';
import type { Exchange } from '../request/exchange.ts';
import { Roster } from '../roster.ts';

/** An open stream to a client. */
export interface LiveStream {
  /** The request that opened it. */
  readonly exchange: Exchange;
  /** When bytes last passed, in milliseconds since the epoch. */
  readonly lastActivityMs: number;
  /** When the upstream last said something, in milliseconds since the epoch. */
  readonly heardAtMs: number;
  /** Its place in a `Roster`. */
  beatingAt: number;
  /** Sends a keep-alive comment if the stream stands between two events. */
  beat(): void;
  /** The upstream says nothing for longer than it may. */
  onSilence(): void;
  /** Ends the stream now if nobody waits for an answer on it, so that the client connects to another replica. */
  endIfStandalone(): void;
}

/** The upstream said nothing for longer than it may. */
export class SilenceError extends Error {
  override readonly name = 'SilenceError';
  readonly code = 'SLUICE_UPSTREAM_SILENT';
}

/** Whether nobody waits for an answer on the stream that a request opens: its client opens another one where it ends. */
export function isStandalone({ message, req }: Exchange): boolean {
  return req.method === 'GET' || message?.method === 'subscriptions/listen';
}

/** How often streams are looked at, in milliseconds. */
const CHECK_INTERVAL_MS = 2_500;

/**
 * Keeps silent streams alive: intermediaries cut streams that are silent for 60 s and more. Where there is an end to the patience with an
 * upstream, it ends here too. One timer serves all of them.
 */
export class StreamHeartbeat implements Revocable {
  readonly #streams = new Roster<'beatingAt', LiveStream>('beatingAt');
  readonly #silenceMs: number;
  readonly #idleMs: number;
  readonly #timer: NodeJS.Timeout;

  /**
   * @param silenceMs after how much silence a comment is sent, in milliseconds.
   * @param idleMs how long an upstream may say nothing whose server does not say otherwise, in milliseconds; 0 for as long as it likes.
   */
  constructor(silenceMs: number, idleMs: number) {
    this.#silenceMs = silenceMs;
    this.#idleMs = idleMs;
    this.#timer = setInterval(() => this.#look(Date.now()), Math.min(CHECK_INTERVAL_MS, silenceMs));
    this.#timer.unref();
  }

  /** How many streams are open. */
  get size(): number {
    return this.#streams.size;
  }

  add(stream: LiveStream): void {
    this.#streams.add(stream);
  }

  delete(stream: LiveStream): void {
    this.#streams.delete(stream);
  }

  /** Streams on which nobody waits for an answer; the others are calls under way. */
  revoke(judge: JudgeFate): void {
    this.#streams.visit((stream) => {
      const { caller, target } = stream.exchange;
      if (caller !== undefined && target !== undefined && judge(target, caller) !== 'same') stream.endIfStandalone();
    });
  }

  /** For a process that is about to stop. */
  endStandalone(): void {
    this.#streams.visit((stream) => stream.endIfStandalone());
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(nowMs: number): void {
    this.#streams.visit((stream) => {
      const idleMs = stream.exchange.target?.server.upstreamIdleMs ?? this.#idleMs;
      if (idleMs > 0 && nowMs - stream.heardAtMs >= idleMs) stream.onSilence();
      else if (nowMs - stream.lastActivityMs >= this.#silenceMs) stream.beat();
    });
  }
}
