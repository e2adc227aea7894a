import { isModernRevision, type JsonObject } from './message.ts';

/** HeaderMismatch, MissingRequiredClientCapability and UnsupportedProtocolVersion: only servers of the modern era know them. */
const MODERN_CODES: ReadonlySet<number> = new Set([-32020, -32021, -32022]);

/** What a modern server answers with an HTTP error status, besides its own codes (MCP 2026-07-28, Transports). */
const SHARED_CODES: ReadonlySet<number> = new Set([-32700, -32600, -32601, -32602, -32603]);

/** What the validation of a modern server may say to a legacy message: no version, no envelope, or a method that was removed. */
const CODES_FOR_LEGACY: ReadonlySet<number> = new Set([-32022, -32020, -32602, -32601]);

/** The code of the JSON-RPC error in a body, or undefined where the body is none. */
export function findErrorCode(body: Buffer): number | undefined {
  try {
    const answer = JSON.parse(body.toString('utf8')) as { error?: { code?: unknown } } | null;
    const code = answer?.error?.code;
    return typeof code === 'number' ? code : undefined;
  } catch {
    // Not JSON, so not an error of the protocol.
    return undefined;
  }
}

/** Whether an upstream that refused a modern call so may be one of the modern era. */
export function isModernRefusal(code: number | undefined): boolean {
  return code !== undefined && (MODERN_CODES.has(code) || SHARED_CODES.has(code));
}

/** Whether an upstream that refused a legacy call so, with an HTTP error status, may be one that speaks the modern era only. */
export function isRefusalOfLegacy(code: number | undefined): boolean {
  return code !== undefined && CODES_FOR_LEGACY.has(code);
}

/**
 * What the answer to a well-formed `server/discover` says. `unclear`: the upstream failed, which legacy servers also do on
 * messages that they do not know.
 */
export function classifyDiscoverAnswer(status: number, response: JsonObject | undefined): 'modern' | 'legacy' | 'unclear' {
  const { result, error } = (response ?? {}) as { result?: { supportedVersions?: unknown }; error?: { code?: unknown; data?: unknown } };
  if (isVersionList(result?.supportedVersions)) return result.supportedVersions.some(isModernRevision) ? 'modern' : 'legacy';
  if (typeof error?.code === 'number' && MODERN_CODES.has(error.code)) {
    const supported = (error.data as { supported?: unknown } | undefined)?.supported;
    return isVersionList(supported) && !supported.some(isModernRevision) ? 'legacy' : 'modern';
  }
  return status >= 500 ? 'unclear' : 'legacy';
}

function isVersionList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((version) => typeof version === 'string');
}
