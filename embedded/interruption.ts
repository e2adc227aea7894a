/** npm passes Ctrl-C on to its child, which the terminal has told already: the same wish, twice. */
const SAME_WISH_MS = 500;

/** How soon it is noticed that npm was killed, in milliseconds. */
const PARENT_WATCH_MS = 1_000;

/** What the person at the terminal, or an init system, asks of us while we run. */
export class Interruption {
  readonly #asked = Promise.withResolvers<void>();
  #askedAtMs: number | undefined;
  readonly #onHurry: () => void;

  /** @param onHurry called when a second signal says that stopping takes too long. */
  constructor(onHurry: () => void) {
    this.#onHurry = onHurry;
  }

  /** Resolves at the first Ctrl-C, SIGTERM, or hang-up of the terminal. */
  get asked(): Promise<void> {
    return this.#asked.promise;
  }

  /** @param isRunByNpm whether whoever started us is npm, without which nobody is there to stop us. */
  listen(isRunByNpm: boolean): void {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => this.note(performance.now()));
    if (!isRunByNpm) return;
    const { ppid } = process;
    const watch = setInterval(() => {
      if (process.ppid === ppid) return;
      clearInterval(watch);
      this.note(performance.now());
    }, PARENT_WATCH_MS);
    watch.unref();
  }

  note(nowMs: number): void {
    if (this.#askedAtMs === undefined) {
      this.#askedAtMs = nowMs;
      this.#asked.resolve();
    } else if (nowMs - this.#askedAtMs > SAME_WISH_MS) this.#onHurry();
  }
}
