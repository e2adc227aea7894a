import type { Random } from './random.ts';

/** Something that reads what strangers send. */
export interface FuzzTarget {
  readonly name: string;
  /** Feeds it one input. What it throws is a finding; so is what it returns, the broken promise in words. */
  run(random: Random): string | undefined | Promise<string | undefined>;
  close?(): Promise<void>;
}
