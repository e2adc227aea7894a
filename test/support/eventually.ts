import { setTimeout as delay } from 'node:timers/promises';

/** How often a condition is looked at, in milliseconds. */
const LOOK_EVERY_MS = 50;

/** Waits for a condition that nothing announces, and fails with the last reason why it did not hold. */
export async function eventually<Value>(look: () => Promise<Value>, withinMs = 30_000): Promise<Value> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    try {
      return await look();
    } catch (cause) {
      if (Date.now() > deadline) throw cause;
    }
    await delay(LOOK_EVERY_MS);
  }
}
