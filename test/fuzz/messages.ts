import { parseLossless } from '../../data-plane/mcp/lossless-json.ts';
import { parseRpcMessages } from '../../data-plane/mcp/json-rpc.ts';
import { decodeHeaderValue, parseMessage, type MessageHeaders } from '../../data-plane/mcp/message.ts';
import { readEnvelope, toLegacyParams } from '../../data-plane/bridge/down/from-modern.ts';
import { toErrorBody, toWire } from '../../data-plane/request/rejection.ts';
import { mutate } from './mutate.ts';
import type { Random } from './random.ts';
import type { FuzzTarget } from './target.ts';

const MODERN = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': { elicitation: {} },
  'io.modelcontextprotocol/logLevel': 'info',
};

/** Well-formed messages of every kind. */
export const MESSAGES: readonly string[] = [
  { jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'x', version: '1' } } },
  { jsonrpc: '2.0', id: 'a', method: 'tools/call', params: { name: 'echo', arguments: { deep: [[[{ n: 12345678901234567890n.toString() }]]] } } },
  { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'echo', arguments: {}, _meta: MODERN, requestState: 's1.a.b', inputResponses: { k: {} } } },
  { jsonrpc: '2.0', id: 3, method: 'resources/read', params: { uri: 'test://ä', _meta: { ...MODERN, progressToken: 1e21 } } },
  { jsonrpc: '2.0', id: 4, method: 'subscriptions/listen', params: { notifications: { resourceSubscriptions: ['a'] }, _meta: MODERN } },
  { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } },
  { jsonrpc: '2.0', id: 5, result: {} },
  { jsonrpc: '2.0', id: null, error: { code: -32700, message: 'x' } },
  [{ jsonrpc: '2.0', id: 6, method: 'ping' }, { jsonrpc: '2.0', id: 7, result: {} }],
].map((message) => JSON.stringify(message)); // prettier-ignore

export const MESSAGE_WORDS: readonly string[] = [
  '{', '}', '[', ']', ',', ':', '"', '\\', '\\u0000', '\\ud800', 'null', 'true', '0', '-0', '1e999', '12345678901234567890', '"jsonrpc":"2.0"',
  '"id":', '"method":', '"params":', '"_meta":', '"__proto__":', '"constructor":', '"toString":', '"io.modelcontextprotocol/protocolVersion":',
  '"2026-07-28"', '"2025-11-25"', '"initialize"', '"server/discover"', '\uFEFF', '\u2028', '{"a":'.repeat(200), '['.repeat(500),
]; // prettier-ignore

const HEADER_VALUES: readonly (string | undefined)[] = [
  undefined, '', '2026-07-28', '2025-11-25', '9999-99-99', 'tools/call', 'resources/read', 'initialize', 'echo', 'test://ä', '=?base64?ZWNobw==?=',
  '=?base64?!?=', '=?base64?=?=', '__proto__',
]; // prettier-ignore

/** Bodies and the headers that repeat them, as far as the reader and the classifier go. */
export const messages: FuzzTarget = {
  name: 'message reader and classifier',
  run(random) {
    const body = mutate(Buffer.from(random.pick(MESSAGES)), random, MESSAGE_WORDS);
    const headers = toHeaders(random);
    const parsed = parseMessage(body, headers);
    if (headers.name !== undefined) decodeHeaderValue(headers.name);
    if (!parsed.ok) return findWireFault(toWire(parsed.error).status, toErrorBody(toWire(parsed.error), undefined));
    const { era, kind, method } = parsed.value;
    if ((kind === 'request' || kind === 'notification') !== (typeof method === 'string')) return `a ${kind} with method ${String(method)}`;
    if (era === 'modern' && kind === 'batch') return 'a batch of the modern era';
    return findLossFault(body);
  },
};

function toHeaders(random: Random): MessageHeaders {
  return { protocolVersion: random.pick(HEADER_VALUES), method: random.pick(HEADER_VALUES), name: random.pick(HEADER_VALUES) };
}

function findWireFault(status: number, body: string): string | undefined {
  if (status >= 500) return `status ${status} for a bad message`;
  return body.length > 4_096 ? 'an error larger than what it is about' : undefined;
}

/** What bridges do with a message that was accepted: read it again, without losing anything. */
function findLossFault(body: Buffer): string | undefined {
  const text = body.toString('utf8');
  const lossless = JSON.stringify(parseLossless(text));
  if (JSON.stringify(JSON.parse(lossless)) !== JSON.stringify(JSON.parse(text))) return 'lossless JSON says something else';
  if (JSON.stringify(parseLossless(lossless)) !== lossless) return 'lossless JSON changes when it is read again';
  for (const message of parseRpcMessages(text) ?? []) {
    if (!('method' in message)) continue;
    readEnvelope(message.params);
    if (JSON.stringify(toLegacyParams(message.params) ?? {}).includes('"requestState"') && !text.includes('\\'))
      return findNested(message.params);
  }
  return undefined;
}

/** `requestState` is taken out of the parameters themselves only; arguments may have one of their own. */
function findNested(params: object | undefined): string | undefined {
  return params !== undefined && Object.hasOwn(toLegacyParams({ ...params }) ?? {}, 'requestState')
    ? 'requestState went upstream'
    : undefined;
}
