import type { Server } from 'node:http';

/** How often connections that fell idle are closed while a server drains, in milliseconds. */
const CHECK_MS = 50;

/** Takes no new connection and lets what is under way finish. What still runs at the deadline, in milliseconds from now, is cut. */
export async function drainServer(server: Server, deadlineMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const idle = setInterval(() => server.closeIdleConnections(), CHECK_MS);
  const deadline = setTimeout(() => server.closeAllConnections(), deadlineMs);
  await closed;
  clearInterval(idle);
  clearTimeout(deadline);
}
