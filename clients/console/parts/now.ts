import { useSyncExternalStore } from 'react';

/** How old a time on the screen may get. */
const TICK_MS = 15_000;

let nowMs = Date.now();
const listeners = new Set<() => void>();
setInterval(() => {
  nowMs = Date.now();
  for (const notify of listeners) notify();
}, TICK_MS);

/** The time, which goes on while a page is looked at. */
export function useNowMs(): number {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    () => nowMs,
  );
}
