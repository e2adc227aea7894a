import { connect } from 'node:net';
import { sleep, type Child } from './child.ts';

/** How often it is tried, in milliseconds. */
const RETRY_MS = 10;

/** Waits until something listens on a port of loopback. Throws with the child's output where the child ends before. */
export async function waitUntilConnectable(port: number, child: Child): Promise<void> {
  let status: number | string | undefined;
  void child.exited.then((code) => (status = code));
  while (!(await isConnectable(port))) {
    if (status !== undefined)
      throw new Error(`A process ended (${status}) before it listened on ${port}:\n${child.output().slice(-4_000)}`);
    await sleep(RETRY_MS);
  }
}

function isConnectable(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
