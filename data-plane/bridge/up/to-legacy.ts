// What a modern upstream says, in the words of the legacy era. Pure.
import { META } from '../../mcp/modern-envelope.ts';
import { isObject, type JsonObject } from '../../mcp/message.ts';

/** The JSON-RPC code of a legacy server for a resource that is not there (MCP 2025-11-25, Resources, Error Handling). */
const RESOURCE_NOT_FOUND = -32002;
const INVALID_PARAMS = -32602;
const INVALID_REQUEST = -32600;
const INTERNAL_ERROR = -32603;
const HEADER_MISMATCH = -32020;
const MISSING_CLIENT_CAPABILITY = -32021;

/** A result without the fields that only the modern era has. */
export function toLegacyResult(method: string, result: JsonObject): JsonObject {
  const { resultType: _type, ttlMs: _ttl, cacheScope: _scope, _meta: meta, ...kept } = result;
  const keptMeta = withoutKeys(meta, META.serverInfo);
  const plain: JsonObject = keptMeta === undefined ? kept : { ...kept, _meta: keptMeta };
  if (method === 'tools/list') return { ...plain, tools: asArray(plain['tools']).map(toLegacyTool) };
  if (method === 'tools/call') return toLegacyToolResult(plain);
  return plain;
}

/** Legacy clients refuse a whole list for one output schema that is not of an object; without the schema, the text stays. */
function toLegacyTool(tool: unknown): unknown {
  if (!isObject(tool) || !('outputSchema' in tool)) return tool;
  const { outputSchema, ...kept } = tool;
  return isObject(outputSchema) && outputSchema['type'] === 'object' ? tool : kept;
}

/** Structured content of the legacy era is an object. What is anything else is in the text as well (MCP 2026-07-28, Tools, Structured content). */
function toLegacyToolResult(result: JsonObject): JsonObject {
  const { structuredContent, ...kept } = result;
  return structuredContent === undefined || isObject(structuredContent) ? result : kept;
}

/** An error with the code that a legacy server would use. Codes that only modern servers know tell a legacy client nothing. */
export function toLegacyError(method: string, params: JsonObject | undefined, error: JsonObject): JsonObject {
  const { code, data } = error;
  if (method === 'resources/read' && code === INVALID_PARAMS && isObject(data) && data['uri'] === params?.['uri']) {
    return { ...error, code: RESOURCE_NOT_FOUND };
  }
  if (code === MISSING_CLIENT_CAPABILITY) return { ...error, code: INVALID_REQUEST };
  // The headers were the gateway's, so it is no fault of the client.
  if (code === HEADER_MISMATCH) return { code: INTERNAL_ERROR, message: 'The gateway could not address the MCP server.' };
  return error;
}

/** A notification as a legacy client knows it. Subscription ids are how a modern client tells its streams apart. */
export function toLegacyNotification(message: JsonObject): JsonObject {
  const params = message['params'];
  if (!isObject(params) || !isObject(params['_meta'])) return message;
  const { _meta: meta, ...kept } = params;
  const keptMeta = withoutKeys(meta, META.subscriptionId, META.serverInfo);
  return { ...message, params: keptMeta === undefined ? kept : { ...kept, _meta: keptMeta } };
}

/** The answer to `initialize`, from what the upstream said to `server/discover`. */
export function toInitializeResult(discovered: JsonObject, protocolVersion: string): JsonObject {
  const meta = discovered['_meta'];
  const serverInfo = isObject(meta) ? meta[META.serverInfo] : undefined;
  const result: Record<string, unknown> = {
    protocolVersion,
    capabilities: isObject(discovered['capabilities']) ? discovered['capabilities'] : {},
    serverInfo: isObject(serverInfo) ? serverInfo : { name: 'unknown', version: '0' },
  };
  if (typeof discovered['instructions'] === 'string') result['instructions'] = discovered['instructions'];
  return result;
}

function withoutKeys(meta: unknown, ...keys: readonly string[]): JsonObject | undefined {
  if (!isObject(meta)) return undefined;
  const kept = Object.entries(meta).filter(([key]) => !keys.includes(key));
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
