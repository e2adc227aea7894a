/** The JSON-RPC code of the public SDKs of TypeScript for a session that is missing or was never opened. */
const SESSION_CODE = -32000;

/** The codes with which others refuse a message before they work on it: InvalidRequest, and the one that 404 comes with elsewhere. */
const OTHER_CODES: ReadonlySet<unknown> = new Set([-32600, -32001]);

/** What servers of other makers say, with a code of their own or as plain text (python-sdk#1004, anubis-mcp#123). */
const LOST =
  /\b(no|unknown|invalid|expired|missing) ((active|valid|or expired) )?(mcp[- ])?session|\bsession([- ]?id)? (was )?(not found|unknown|expired|invalid)/i;

/** A longer text is a page or a report, and no such answer, in characters. */
const MAX_TEXT = 300;

/**
 * Whether a 400 answer to a request with a session id says that the session is gone. Servers that keep sessions in memory answer so
 * after a restart, with `No valid session ID provided` or `Server not initialized`, where MCP 2025-11-25 wants 404. The codes are
 * used for other faults too, so the text has to decide: there is nothing else in such an answer.
 */
export function isLostSessionAnswer(body: Buffer): boolean {
  const text = body.toString('utf8');
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return text.length <= MAX_TEXT && LOST.test(text);
  }
  const { code, message } = (answer as { error?: { code?: unknown; message?: unknown } } | null)?.error ?? {};
  if (typeof message !== 'string') return false;
  return code === SESSION_CODE ? /session|not initialized/i.test(message) : OTHER_CODES.has(code) && LOST.test(message);
}
