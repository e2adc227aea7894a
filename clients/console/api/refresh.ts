import { useEffect, useEffectEvent } from 'react';

const readers = new Set<() => void>();
/** Changes often come in groups; what is on the screen is read again once for each group. */
const GATHER_MS = 150;
let gathering: ReturnType<typeof setTimeout> | undefined;

/** Reads again whatever is on the screen. */
export function refreshAll(): void {
  gathering ??= setTimeout(() => {
    gathering = undefined;
    for (const read of readers) read();
  }, GATHER_MS);
}

/** Takes part in {@link refreshAll} for as long as the component is on the screen. */
export function useRefresh(read: () => void): void {
  const onRefresh = useEffectEvent(read);
  useEffect(() => {
    const reader = () => onRefresh();
    readers.add(reader);
    return () => void readers.delete(reader);
  }, []);
}

/** Whoever comes back to the page sees what is true by then. */
export function refreshOnReturn(): void {
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') refreshAll();
  });
}
