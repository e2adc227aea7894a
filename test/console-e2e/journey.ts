import type { Stage } from './stage.ts';

/** Something that a person does from start to end; it throws where it does not work. Journeys run in order, on one stage. */
export interface Journey {
  readonly name: string;
  readonly run: (stage: Stage) => Promise<void>;
}

/** Waits until something holds that no page shows. */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + 15_000;
  while (!(await holds())) {
    if (Date.now() > deadlineMs) throw new Error(`${what} does not come true`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export function check(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}
