import { isSuccess, RawConnection } from '../../bench/load/raw-connection.ts';
import { toLatencySummary, type LatencySummary } from '../../bench/load/latencies.ts';

/** What is going on while calls are made. */
export type Phase = 'everything there' | 'Redis away' | 'control plane away';

/** Calls as fast as they are answered, by the phase in which they were made. */
export class StormLoad {
  answered = 0;
  failed = 0;
  phase: Phase = 'everything there';
  readonly #request: Buffer;
  readonly #latencies = new Map<Phase, number[]>();
  readonly #loops: Promise<void>[] = [];
  #isOver = false;

  constructor(request: Buffer) {
    this.#request = request;
  }

  start(ports: readonly number[], connections: number): void {
    for (const port of ports) for (let i = 0; i < connections; i++) this.#loops.push(this.#loop(port));
  }

  /** Lets the calls under way finish. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#loops);
  }

  summarize(): readonly (readonly [Phase, number, LatencySummary])[] {
    return [...this.#latencies].map(([phase, latencies]) => [phase, latencies.length, toLatencySummary(latencies)]);
  }

  async #loop(port: number): Promise<void> {
    const connection = new RawConnection(port);
    while (!this.#isOver) {
      const { phase } = this;
      const startedAt = performance.now();
      const answer = await new Promise<Parameters<typeof isSuccess>[0]>((resolve) => connection.send(this.#request, resolve));
      if (isSuccess(answer)) this.answered++;
      else this.failed++;
      this.#note(phase, performance.now() - startedAt);
    }
    connection.close();
  }

  #note(phase: Phase, latencyMs: number): void {
    const known = this.#latencies.get(phase) ?? [];
    this.#latencies.set(phase, known);
    known.push(latencyMs);
  }
}
