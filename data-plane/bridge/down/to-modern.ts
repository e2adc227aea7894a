// What a legacy upstream says, in the words of the modern era. Pure.
import type { RpcError, RpcNotification } from '../../mcp/json-rpc.ts';
import { isObject, type JsonObject } from '../../mcp/message.ts';
import { META, MODERN_REVISION } from '../../mcp/modern-envelope.ts';
import type { InitializeResult } from '../../legacy/legacy-session.ts';

/** Results that say how long they may be kept (MCP 2026-07-28, Caching). */
const CACHEABLE: ReadonlySet<string> = new Set([
  'tools/list',
  'prompts/list',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'server/discover',
]);

/** How long a client may keep what the upstream said of itself, in milliseconds. A legacy upstream does not announce that it changed. */
const DISCOVER_TTL_MS = 10_000;

const RESOURCE_NOT_FOUND = -32002;
const INVALID_PARAMS = -32602;
export const METHOD_NOT_FOUND = -32601;
const MISSING_CLIENT_CAPABILITY = -32021;

/** A result with what the modern era requires of each. Nothing says how long a legacy result holds, so nobody may keep it. */
export function toModernResult(method: string, result: JsonObject, serverInfo: JsonObject): JsonObject {
  const meta = isObject(result['_meta']) ? result['_meta'] : {};
  const caching = CACHEABLE.has(method) ? { ttlMs: 0, cacheScope: 'private' } : {};
  return { ...result, ...caching, resultType: 'complete', _meta: { ...meta, [META.serverInfo]: serverInfo } };
}

/** The answer to `server/discover`, from what the upstream said to `initialize`. */
export function toDiscoverResult(initialized: InitializeResult): JsonObject {
  // Tasks of the legacy era are other methods than those of the modern extension.
  const { tasks: _, ...capabilities } = initialized.capabilities;
  const said = { supportedVersions: [MODERN_REVISION], capabilities, instructions: initialized.instructions };
  return { ...toModernResult('server/discover', said, initialized.serverInfo), ttlMs: DISCOVER_TTL_MS };
}

/** An error with the code that a modern server would use. */
export function toModernError(method: string, params: JsonObject | undefined, error: RpcError): RpcError {
  if (method !== 'resources/read' || error.code !== RESOURCE_NOT_FOUND) return error;
  return { code: INVALID_PARAMS, message: error.message, data: { ...(isObject(error.data) ? error.data : {}), uri: params?.['uri'] } };
}

/** The HTTP status of an error that is the whole answer (MCP 2026-07-28, Transports). What a handler raised stays in band. */
export function toModernStatus(error: RpcError): number {
  if (error.code === METHOD_NOT_FOUND) return 404;
  return error.code === MISSING_CLIENT_CAPABILITY ? 400 : 200;
}

/** A notification that is marked as one of a subscription. */
export function toSubscribed(notification: RpcNotification, subscriptionId: unknown): RpcNotification {
  const meta = notification.params?.['_meta'];
  const marked = { ...(isObject(meta) ? meta : {}), [META.subscriptionId]: subscriptionId };
  return { jsonrpc: '2.0', method: notification.method, params: { ...notification.params, _meta: marked } };
}
