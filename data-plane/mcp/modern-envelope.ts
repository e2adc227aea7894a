import type { JsonObject } from './message.ts';

/** The modern revision that the gateway speaks in its own words. */
export const MODERN_REVISION = '2026-07-28';

/** Keys of `_meta` that belong to the modern revision itself (MCP 2026-07-28, Base protocol, Request metadata). */
export const META = {
  protocolVersion: 'io.modelcontextprotocol/protocolVersion',
  clientCapabilities: 'io.modelcontextprotocol/clientCapabilities',
  clientInfo: 'io.modelcontextprotocol/clientInfo',
  logLevel: 'io.modelcontextprotocol/logLevel',
  serverInfo: 'io.modelcontextprotocol/serverInfo',
  subscriptionId: 'io.modelcontextprotocol/subscriptionId',
} as const;

/** In whose name a modern message is sent. */
export interface EnvelopeSender {
  readonly clientInfo: JsonObject;
  readonly capabilities: JsonObject;
  readonly logLevel?: string | undefined;
  /** What says which trace the message is part of, names and values in turn. */
  readonly trace?: readonly string[];
}

/** Puts the envelope of a modern message around what `params` carry. */
export function toModernParams(params: JsonObject | undefined, sender: EnvelopeSender): JsonObject {
  const meta: Record<string, unknown> = {
    ...(params?.['_meta'] as JsonObject | undefined),
    [META.protocolVersion]: MODERN_REVISION,
    [META.clientCapabilities]: sender.capabilities,
    [META.clientInfo]: sender.clientInfo,
  };
  if (sender.logLevel !== undefined) meta[META.logLevel] = sender.logLevel;
  const { trace = [] } = sender;
  for (let i = 0; i + 1 < trace.length; i += 2) meta[trace[i]!] = trace[i + 1]!;
  return { ...params, _meta: meta };
}

/** The headers that a modern message repeats itself in, names and values in turn. */
export function toModernHeaders(method: string, name: string | undefined): string[] {
  // prettier-ignore
  const headers = [
    'content-type', 'application/json',
    'accept', 'application/json, text/event-stream',
    'accept-encoding', 'identity',
    'mcp-protocol-version', MODERN_REVISION,
    'mcp-method', method,
  ];
  if (name !== undefined) headers.push('mcp-name', encodeHeaderValue(name));
  return headers;
}

/**
 * Makes a text fit a header: `=?base64?…?=` where it is not visible ASCII, has spaces at its ends, or could be taken for an encoded one
 * (MCP 2026-07-28, Transports, Value encoding).
 */
export function encodeHeaderValue(value: string): string {
  const isPlain = /^[\x21-\x7e]([\x20-\x7e\t]*[\x21-\x7e])?$/.test(value) && !(value.startsWith('=?base64?') && value.endsWith('?='));
  return isPlain ? value : `=?base64?${Buffer.from(value, 'utf8').toString('base64')}?=`;
}
