/** The JSON-RPC code of the public SDKs for a session that is missing or was never opened. */
const SESSION_CODE = -32000;

/**
 * Whether a 400 answer to a request with a session id says that the session is gone. Servers that keep sessions in memory answer so
 * after a restart, with `No valid session ID provided` or `Server not initialized`, where MCP 2025-11-25 wants 404. The code is
 * used for other faults too, so the text has to decide: there is nothing else in such an answer.
 */
export function isLostSessionAnswer(body: Buffer): boolean {
  try {
    const answer = JSON.parse(body.toString('utf8')) as { error?: { code?: unknown; message?: unknown } } | null;
    const { code, message } = answer?.error ?? {};
    return code === SESSION_CODE && typeof message === 'string' && /session|not initialized/i.test(message);
  } catch {
    // Not JSON, so not such an answer.
    return false;
  }
}
