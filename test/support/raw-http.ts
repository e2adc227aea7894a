import { once } from 'node:events';
import { connect } from 'node:net';

/** Sends bytes that no HTTP client would, and returns every byte that came back until the server closed or `done` matched. */
export async function sendRaw(url: string, bytes: string | Buffer, done?: RegExp): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let answer = '';
  const ended = once(socket, 'close');
  const matched = new Promise<void>((resolve) => {
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      if (done?.test(answer) === true) resolve();
    });
  });
  socket.on('error', () => undefined); // a reset is one way to refuse; what came before it is the answer
  socket.write(bytes);
  await Promise.race([ended, matched]);
  socket.destroy();
  return answer;
}

/** The head of a request as it goes over the wire. */
export function toHead(requestLine: string, headers: readonly string[]): string {
  return `${[requestLine, ...headers].join('\r\n')}\r\n\r\n`;
}
