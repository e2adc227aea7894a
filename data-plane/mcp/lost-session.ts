/** The JSON-RPC code of the public SDKs of TypeScript for a session that is missing or was never opened. */
const SESSION_CODE = -32000;

/** The codes with which others refuse a message before they work on it: InvalidRequest, and the one that 404 comes with elsewhere. */
const OTHER_CODES: ReadonlySet<unknown> = new Set([-32600, -32001]);

/** What servers of other makers say, with a code of their own or as plain text (python-sdk#1004, anubis-mcp#123). */
const LOST =
  /\b(no|unknown|invalid|expired|missing) ((active|valid|or expired) )?(mcp[- ])?session|\bsession([- ]?id)? (was )?(not found|unknown|expired|invalid)/i;

/** Every error has this in it, and hardly any result. */
const ERROR_MARK = Buffer.from('"error"');

/** An answer that is longer says more than that, in bytes. */
const MAX_ERROR_BYTES = 512;

/** A longer text is a page or a report, and no such answer, in characters. */
const MAX_TEXT = 300;

/**
 * Whether a 400 answer to a request with a session id says that the session is gone. Servers that keep sessions in memory answer so
 * after a restart, with `No valid session ID provided` or `Server not initialized`, where MCP 2025-11-25 wants 404. The codes are
 * used for other faults too, so the text has to decide: there is nothing else in such an answer.
 */
export function isLostSessionAnswer(body: Buffer): boolean {
  const text = body.toString('utf8');
  const error = findError(text);
  if (error === undefined) return text.length <= MAX_TEXT && LOST.test(text);
  return error.code === SESSION_CODE ? /session|not initialized/i.test(error.message) : isLostSessionError(error);
}

/**
 * Whether a 200 answer says so: some servers have no other status. Only by a code that refuses a message before anybody worked on it,
 * because what a tool throws comes with status 200 too.
 */
export function isLostSessionResult(body: Buffer): boolean {
  if (body.length > MAX_ERROR_BYTES || !body.includes(ERROR_MARK)) return false;
  const error = findError(body.toString('utf8'));
  return error !== undefined && isLostSessionError(error);
}

interface ErrorOfJsonRpc {
  readonly code: unknown;
  readonly message: string;
}

function isLostSessionError({ code, message }: ErrorOfJsonRpc): boolean {
  return OTHER_CODES.has(code) && LOST.test(message);
}

/** The JSON-RPC error in a text; one without words where it is other JSON, undefined where it is none. */
function findError(text: string): ErrorOfJsonRpc | undefined {
  try {
    const { error } = (JSON.parse(text) ?? {}) as { readonly error?: { readonly code?: unknown; readonly message?: unknown } | null };
    return { code: error?.code, message: typeof error?.message === 'string' ? error.message : '' };
  } catch {
    return undefined;
  }
}
