/** Tells the person at the terminal, or whoever reads the log of a job, what is being done and that it goes on. */
export class Progress {
  readonly #write: (text: string) => void;
  readonly #aliveEveryMs: number;

  constructor(write: (text: string) => void, aliveEveryMs = 2_000) {
    this.#write = write;
    this.#aliveEveryMs = aliveEveryMs;
  }

  /** Runs the work and says when it is done and how long it took; while it takes long, that it is under way. */
  async step<Value>(title: string, work: () => Promise<Value>, describe: (value: Value) => string = () => 'ready'): Promise<Value> {
    const startedMs = performance.now();
    const alive = setInterval(() => this.line(title, `under way (${toSeconds(startedMs)})`), this.#aliveEveryMs);
    try {
      const value = await work();
      this.line(title, `${describe(value)} (${toSeconds(startedMs)})`);
      return value;
    } finally {
      clearInterval(alive);
    }
  }

  line(title: string, text: string): void {
    this.#write(`  ${title.padEnd(14)} ${text}\n`);
  }
}

function toSeconds(sinceMs: number): string {
  return `${((performance.now() - sinceMs) / 1_000).toFixed(1)} s`;
}
