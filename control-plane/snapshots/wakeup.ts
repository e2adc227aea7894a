/** Lets one loop sleep until somebody has news or the time is up. News that comes while it is busy is not lost. */
export class Wakeup {
  #hasNews = false;
  #interrupt: (() => void) | undefined;

  /** Ends the current sleep, or makes the next one end at once. */
  wake(): void {
    this.#hasNews = true;
    this.#interrupt?.();
  }

  /** Whether it was news that ended the sleep. */
  async sleep(timeoutMs: number): Promise<boolean> {
    if (!this.#hasNews) await this.#untilInterrupted(timeoutMs);
    const hadNews = this.#hasNews;
    this.#hasNews = false;
    return hadNews;
  }

  #untilInterrupted(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#interrupt = undefined;
        resolve();
      };
      const timer = setTimeout(end, timeoutMs);
      this.#interrupt = end;
    });
  }
}
