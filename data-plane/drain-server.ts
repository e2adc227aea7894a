import type { Server } from 'node:http';

/** How often connections that fell idle are closed while a server drains, in milliseconds. */
const CHECK_MS = 50;

/** How long a listener is kept that gets connections without a pause, in milliseconds. */
const PAUSE_DEADLINE_MS = 250;

/** A turn of the event loop in which nothing was to do takes less, in milliseconds. */
const SHORT_TURN_MS = 0.1;

/** Takes no new connection and lets what is under way finish. What still runs at the deadline, in milliseconds from now, is cut. */
export async function drainServer(server: Server, deadlineMs: number): Promise<void> {
  let isOver = false;
  const cut = (): void => {
    isOver = true;
    server.closeAllConnections();
  };
  const closed = closeInPause(server, Math.min(PAUSE_DEADLINE_MS, deadlineMs), () => {
    if (isOver) cut(); // the listener took connections until now
  });
  const idle = setInterval(() => server.closeIdleConnections(), CHECK_MS);
  const deadline = setTimeout(cut, deadlineMs);
  await closed;
  clearInterval(idle);
  clearTimeout(deadline);
}

/**
 * Closes a listener right after a turn of the event loop that was short and brought no connection, or when patience ends. The kernel has
 * accepted connections that the process has not, one of which it is handed each turn; with the listener it resets them all, and what was
 * sent on them is lost. Calls `onDeaf` when no more can come, and resolves when the last one is closed.
 */
function closeInPause(server: Server, patienceMs: number, onDeaf: () => void): Promise<void> {
  const closed = new Promise<void>((resolve) => server.once('close', resolve));
  let hasComeOne = true;
  const note = (): void => void (hasComeOne = true);
  server.on('connection', note);
  const startedAtMs = performance.now();
  let turnedAtMs = startedAtMs;
  const look = (): void => {
    const nowMs = performance.now();
    const isPause = !hasComeOne && nowMs - turnedAtMs < SHORT_TURN_MS;
    if (!isPause && nowMs - startedAtMs < patienceMs) {
      hasComeOne = false;
      server.closeIdleConnections(); // what is left to do when it closes has to be little, and compiled
      turnedAtMs = performance.now();
      setImmediate(look);
      return;
    }
    server.off('connection', note);
    server.close();
    onDeaf();
  };
  look();
  return closed;
}
