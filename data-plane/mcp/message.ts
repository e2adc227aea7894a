import { err, ok, type Result } from '../../foundation/result.ts';
import type { Rejection } from '../request/rejection.ts';

/** JSON-RPC 2.0 section 4: a string, a number, or null. MCP does not allow null in requests, but an answer to a broken one carries it. */
export type JsonRpcId = string | number | null;

/** Legacy: MCP 2025-11-25 and earlier, sessions opened by `initialize`. Modern: 2026-07-28 and later, metadata in each request. */
export type Era = 'legacy' | 'modern';

/** What a POST carries, as far as routing and policy need it. The bytes that are forwarded are those that came. */
export interface McpMessage {
  readonly kind: 'request' | 'notification' | 'response' | 'batch';
  readonly era: Era;
  /** Absent on responses and batches. */
  readonly method: string | undefined;
  /** Present on requests and responses. */
  readonly id: JsonRpcId | undefined;
  /** What the method names: the tool, prompt or task, or the resource's URI. */
  readonly name: string | undefined;
  /** What the message carries besides. Never forwarded: the bytes are. Absent on responses and batches. */
  readonly params?: JsonObject | undefined;
  /** The messages of a batch; absent on everything else. */
  readonly elements?: readonly McpMessage[];
}

/** The three headers that repeat what the body says (MCP 2026-07-28, Transports, Standard headers). */
export interface MessageHeaders {
  readonly protocolVersion: string | undefined;
  readonly method: string | undefined;
  readonly name: string | undefined;
}

const REVISIONS_DIFFER = 'MCP-Protocol-Version differs from the revision that the body names';

export type JsonObject = Readonly<Record<string, unknown>>;

const FIRST_MODERN_REVISION = '2026-07-28';
const VERSION_KEY = 'io.modelcontextprotocol/protocolVersion';
const CAPABILITIES_KEY = 'io.modelcontextprotocol/clientCapabilities';

/** The largest batch, in messages; the limit of the public SDK's servers. */
const MAX_BATCH = 100;

/** Where a method's `Mcp-Name` comes from. */
const NAME_SOURCES: ReadonlyMap<string, 'name' | 'uri' | 'taskId'> = new Map([
  ['tools/call', 'name'],
  ['prompts/get', 'name'],
  ['resources/read', 'uri'],
  ['resources/subscribe', 'uri'],
  ['resources/unsubscribe', 'uri'],
  ['tasks/get', 'taskId'],
  ['tasks/update', 'taskId'],
  ['tasks/cancel', 'taskId'],
]);

/** Methods whose name must be repeated in `Mcp-Name`; the others of {@link NAME_SOURCES} exist in the legacy era only. */
const LEGACY_ONLY_NAMED: ReadonlySet<string> = new Set(['resources/subscribe', 'resources/unsubscribe']);

/**
 * Reads a POST's body and decides its era: the body says, headers only cross-check, because policy that trusts a header
 * can be passed by a body that says something else. The order of checks is that of MCP 2026-07-28 (Versioning, Dual-era servers).
 */
export function parseMessage(body: Buffer, headers: MessageHeaders): Result<McpMessage, Rejection> {
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch {
    // A SyntaxError is the only way JSON.parse says no; its text may quote the body, so it is dropped.
    return err({ reason: 'json_invalid' });
  }
  if (Array.isArray(json)) return parseBatch(json);
  if (!isObject(json) || json['jsonrpc'] !== '2.0') return invalid('the body is not a JSON-RPC 2.0 message');
  if (typeof json['method'] !== 'string') return parseResponse(json);
  if (json['params'] !== undefined && !isObject(json['params'])) return invalid('params must be an object');
  const params = json['params'];
  if (json['id'] === undefined) return parseNotification(json['method'], params, headers);
  if (!isRequestId(json['id'])) return invalid('id must be a string or an integer');
  return parseRequest(json['method'], json['id'], params, headers);
}

/** Whether a revision's name is of the modern era. Revisions are dates, so they compare as text. */
export function isModernRevision(revision: string | undefined): boolean {
  return revision !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(revision) && revision >= FIRST_MODERN_REVISION;
}

function parseRequest(
  method: string,
  id: JsonRpcId,
  params: JsonObject | undefined,
  headers: MessageHeaders,
): Result<McpMessage, Rejection> {
  const name = findName(method, params);
  const meta = findMeta(params);
  const claim = meta?.[VERSION_KEY];
  if (method === 'initialize' && !(isModernClaim(claim) && isObject(meta?.[CAPABILITIES_KEY]))) {
    if (isModernRevision(headers.protocolVersion))
      return mismatch('initialize belongs to revisions before the one that MCP-Protocol-Version names', id);
    return ok({ kind: 'request', era: 'legacy', method, id, name, params });
  }
  if (claim === undefined) {
    if (!isModernRevision(headers.protocolVersion)) return ok({ kind: 'request', era: 'legacy', method, id, name, params });
    const missing = [VERSION_KEY, CAPABILITIES_KEY].filter((key) => meta?.[key] === undefined);
    return envelope(`MCP-Protocol-Version names a modern revision, but params._meta lacks ${missing.join(' and ')}`, id);
  }
  if (typeof claim !== 'string') return envelope(`${VERSION_KEY} must be a string`, id);
  if (!isObject(meta?.[CAPABILITIES_KEY])) return envelope(`params._meta lacks ${CAPABILITIES_KEY}`, id);
  const fault = checkHeaders(method, name, claim, headers);
  return fault === undefined ? ok({ kind: 'request', era: 'modern', method, id, name, params }) : mismatch(fault, id);
}

function parseNotification(method: string, params: JsonObject | undefined, headers: MessageHeaders): Result<McpMessage, Rejection> {
  const name = findName(method, params);
  const claim = findMeta(params)?.[VERSION_KEY];
  const isModern = isModernClaim(claim) || (claim === undefined && isModernRevision(headers.protocolVersion));
  if (claim !== undefined && typeof claim !== 'string') return envelope(`${VERSION_KEY} must be a string`);
  if (claim !== undefined && headers.protocolVersion !== undefined && headers.protocolVersion !== claim) {
    return mismatch(REVISIONS_DIFFER);
  }
  if (isModern && headers.method !== undefined && headers.method !== method)
    return mismatch('Mcp-Method differs from the method in the body');
  return ok({ kind: 'notification', era: isModern ? 'modern' : 'legacy', method, id: undefined, name, params });
}

function parseResponse(json: JsonObject): Result<McpMessage, Rejection> {
  const isResponse = (json['result'] !== undefined || isObject(json['error'])) && (isRequestId(json['id']) || json['id'] === null);
  if (!isResponse) return invalid('the body is neither a request nor a notification nor a response');
  return ok({ kind: 'response', era: 'legacy', method: undefined, id: json['id'] as JsonRpcId, name: undefined, params: undefined });
}

/** Batches exist in the legacy era only (removed with MCP 2025-06-18, still accepted on legacy sessions by the public SDK). */
function parseBatch(elements: readonly unknown[]): Result<McpMessage, Rejection> {
  if (elements.length === 0) return invalid('a batch must not be empty');
  if (elements.length > MAX_BATCH) return invalid(`a batch has at most ${MAX_BATCH} messages`);
  for (const element of elements) {
    if (!isObject(element) || element['jsonrpc'] !== '2.0') return invalid('a batch holds something that is not a JSON-RPC 2.0 message');
    if (typeof element['method'] !== 'string' && element['result'] === undefined && !isObject(element['error'])) {
      return invalid('a batch holds a message that is neither a request nor a notification nor a response');
    }
    if (element['params'] !== undefined && !isObject(element['params'])) return invalid('params must be an object');
    if (findMeta(element['params'])?.[VERSION_KEY] !== undefined) return invalid('a batch must not hold messages of the modern era');
  }
  const parts = (elements as readonly JsonObject[]).map(toElement);
  return ok({ kind: 'batch', era: 'legacy', method: undefined, id: undefined, name: undefined, params: undefined, elements: parts });
}

/** A message of a batch. What has a method and no id expects no answer. */
function toElement({ id, method, params }: JsonObject): McpMessage {
  const known = isRequestId(id) ? id : undefined;
  if (typeof method !== 'string')
    return { kind: 'response', era: 'legacy', method: undefined, id: known, name: undefined, params: undefined };
  const given = isObject(params) ? params : undefined;
  const kind = id === undefined ? 'notification' : 'request';
  return { kind, era: 'legacy', method, id: known, name: findName(method, given), params: given };
}

/** What is wrong with the headers of a modern request, if anything. */
function checkHeaders(method: string, name: string | undefined, claim: string, headers: MessageHeaders): string | undefined {
  if (headers.protocolVersion === undefined) return 'MCP-Protocol-Version is missing';
  if (headers.protocolVersion !== claim) return REVISIONS_DIFFER;
  if (headers.method === undefined) return 'Mcp-Method is missing';
  if (headers.method !== method) return 'Mcp-Method differs from the method in the body';
  if (!NAME_SOURCES.has(method) || LEGACY_ONLY_NAMED.has(method)) return undefined;
  if (headers.name === undefined) return name === undefined ? undefined : 'Mcp-Name is missing';
  const decoded = decodeHeaderValue(headers.name);
  if (decoded === undefined) return 'Mcp-Name is not valid Base64';
  return name !== undefined && decoded !== name ? 'Mcp-Name differs from the name in the body' : undefined;
}

/** Undoes `=?base64?…?=`, by which a header carries what is not visible ASCII. The marker is case-sensitive. */
export function decodeHeaderValue(value: string): string | undefined {
  if (!value.startsWith('=?base64?') || !value.endsWith('?=')) return value;
  const encoded = value.slice('=?base64?'.length, -'?='.length);
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(encoded) || encoded.length % 4 !== 0) return undefined;
  return Buffer.from(encoded, 'base64').toString('utf8');
}

/** Whether it is one of the methods of MCP by which something that a server offers is named. Anybody can invent others. */
export function isNamingMethod(method: string | undefined): method is string {
  return method !== undefined && (NAME_SOURCES.has(method) || method === 'completion/complete');
}

/** What a message names, by its method. */
export function findName(method: string, params: JsonObject | undefined): string | undefined {
  const source = NAME_SOURCES.get(method);
  const value = source === undefined ? undefined : params?.[source];
  return typeof value === 'string' ? value : undefined;
}

function findMeta(params: unknown): JsonObject | undefined {
  if (!isObject(params)) return undefined;
  const meta = params['_meta'];
  return isObject(meta) ? meta : undefined;
}

function isModernClaim(claim: unknown): boolean {
  return typeof claim === 'string' && isModernRevision(claim);
}

function isRequestId(id: unknown): id is string | number {
  return typeof id === 'string' || (typeof id === 'number' && Number.isInteger(id));
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(fault: string): Result<never, Rejection> {
  return err({ reason: 'message_invalid', fault });
}

function envelope(fault: string, id?: JsonRpcId): Result<never, Rejection> {
  return err({ reason: 'envelope_invalid', fault, id });
}

function mismatch(fault: string, id?: JsonRpcId): Result<never, Rejection> {
  return err({ reason: 'header_mismatch', fault, id });
}
