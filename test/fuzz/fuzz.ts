import { Random } from './random.ts';
import type { FuzzTarget } from './target.ts';

/** What one input may take, in milliseconds; a target that talks to others says itself how long. */
const MAX_INPUT_MS = 1_000;
const MAX_ATTEMPTS = 3;

export interface Finding {
  readonly target: string;
  /** The seed of the input: alone it makes the same input again. */
  readonly inputSeed: number;
  readonly fault: string;
}

export interface FuzzOptions {
  readonly targets: readonly FuzzTarget[];
  readonly inputs: number;
  readonly seed: number;
  /** Called now and then. */
  readonly onProgress?: (done: number) => void;
}

const PROGRESS_EVERY = 100_000;

/** Runs until a promise is broken, or all inputs are through. */
export async function fuzz({ targets, inputs, seed, onProgress }: FuzzOptions): Promise<Finding | undefined> {
  for (let n = 0; n < inputs; n++) {
    const target = targets[n % targets.length]!;
    const inputSeed = (seed + n) >>> 0;
    const fault = await runOne(target, inputSeed);
    if (fault !== undefined) return { target: target.name, inputSeed, fault };
    if ((n + 1) % PROGRESS_EVERY === 0) onProgress?.(n + 1);
  }
  return undefined;
}

async function runOne(target: FuzzTarget, inputSeed: number): Promise<string | undefined> {
  // A busy machine may be slow once, but not each time with the same input.
  for (let attempt = 1; ; attempt++) {
    const startedAt = performance.now();
    try {
      const outcome = target.run(new Random(inputSeed));
      // Awaiting what is there already would cost more than most inputs.
      if (outcome instanceof Promise) return await outcome;
      if (outcome !== undefined) return outcome;
    } catch (cause) {
      return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    }
    const tookMs = performance.now() - startedAt;
    if (tookMs <= MAX_INPUT_MS) return undefined;
    if (attempt === MAX_ATTEMPTS) return `took ${Math.round(tookMs)} ms`;
  }
}
