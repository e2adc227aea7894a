import { INITIALIZE_BODY, INITIALIZED_BODY, toHttpRequest } from './http-request.ts';
import { findHeader, sendOnce } from './raw-connection.ts';

/** Opens a legacy session through a target and resolves with its id. */
export async function openSession(port: number, path: string, key: string): Promise<string> {
  const opened = await sendOnce(port, toHttpRequest({ method: 'POST', path, key, body: INITIALIZE_BODY }));
  const session = findHeader(opened.head, 'mcp-session-id');
  if (session === undefined) throw new Error(`initialize on port ${port} opened no session: status ${opened.status}`);
  await sendOnce(port, toHttpRequest({ method: 'POST', path, key, session, body: INITIALIZED_BODY }));
  return session;
}
