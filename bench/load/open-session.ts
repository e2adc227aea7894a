import { INITIALIZE_BODY, toHttpRequest } from './http-request.ts';
import { findHeader, RawConnection, type RawAnswer } from './raw-connection.ts';

/** Who opens a session, and where. */
export interface SessionPlace {
  readonly path: string;
  readonly key: string;
}

/** How many sessions are opened at the same time. */
const CONNECTIONS = 32;

/** Opens a legacy session at each place, through a target, and resolves with their ids in the same order. */
export async function openSessions(port: number, places: readonly SessionPlace[]): Promise<string[]> {
  const sessions: string[] = [];
  let next = 0;
  const work = async () => {
    const connection = new RawConnection(port);
    for (let index = next++; index < places.length; index = next++) sessions[index] = await open(connection, places[index]!);
    connection.close();
  };
  await Promise.all(Array.from({ length: Math.min(CONNECTIONS, places.length) }, work));
  return sessions;
}

/** Opens one session. */
export async function openSession(port: number, path: string, key: string): Promise<string> {
  const [session] = await openSessions(port, [{ path, key }]);
  return session!;
}

async function open(connection: RawConnection, { path, key }: SessionPlace): Promise<string> {
  const request = toHttpRequest({ method: 'POST', path, key, body: INITIALIZE_BODY });
  const answer = await new Promise<RawAnswer | Error>((resolve) => connection.send(request, resolve));
  if (answer instanceof Error) throw answer;
  const session = findHeader(answer.head, 'mcp-session-id');
  if (session === undefined) throw new Error(`initialize at ${path} opened no session: status ${answer.status}`);
  return session;
}
