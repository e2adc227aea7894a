import { connect } from 'node:net';
import { sleep, type Child } from './child.ts';

/** How often it is asked, in milliseconds: the precision of a start time. */
const POLL_MS = 2;

export interface ReadinessAnswer {
  readonly isReady: boolean;
  readonly revision: number | null;
  readonly source: string | null;
}

/** Waits until a data plane's `/readyz` says that it is ready. Throws where the process ends before. */
export async function waitUntilReady(adminPort: number, child: Child): Promise<ReadinessAnswer> {
  return waitForReadiness(adminPort, child, (answer) => answer.isReady);
}

/** Waits until a data plane decides by a revision. */
export async function waitForRevision(adminPort: number, child: Child, revision: number): Promise<void> {
  await waitForReadiness(adminPort, child, (answer) => answer.revision !== null && answer.revision >= revision);
}

async function waitForReadiness(adminPort: number, child: Child, matches: (answer: ReadinessAnswer) => boolean): Promise<ReadinessAnswer> {
  let status: number | string | undefined;
  void child.exited.then((code) => (status = code));
  for (;;) {
    const answer = await readReadiness(adminPort);
    if (answer !== undefined && matches(answer)) return answer;
    if (status !== undefined) throw new Error(`The gateway ended (${status}) before it was ready:\n${child.output().slice(-4_000)}`);
    await sleep(POLL_MS);
  }
}

/** On a bare socket: `fetch` would keep a connection to a process that is about to be replaced. */
function readReadiness(port: number): Promise<ReadinessAnswer | undefined> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => socket.write('GET /readyz HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n'));
    socket.on('data', (data) => (text += data.toString('latin1')));
    socket.on('error', () => resolve(undefined));
    socket.on('close', () => {
      const body = /\{.*\}/s.exec(text)?.[0];
      resolve(body === undefined ? undefined : (JSON.parse(body) as ReadinessAnswer));
    });
  });
}
