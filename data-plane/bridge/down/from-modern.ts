// What a modern client says, in the words of the legacy era. Pure.
import type { ClientHello } from '../../mcp/client-hello.ts';
import { NEWEST_LEGACY_REVISION } from '../../mcp/legacy-revisions.ts';
import { isObject, type JsonObject } from '../../mcp/message.ts';
import { META } from '../../mcp/modern-envelope.ts';
import { GATEWAY_INFO } from '../../product.ts';

/** The severities of RFC 5424 that MCP logs with, least severe first. */
const LOG_LEVELS: readonly unknown[] = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'];

/** What a request of the modern era says besides its own parameters. */
export interface Envelope {
  readonly protocolVersion: unknown;
  readonly client: ClientHello;
  /** The least severe level that the client wants to be told of; -1 for none at all. */
  readonly logLevel: number;
  readonly progressToken: unknown;
  readonly requestState: unknown;
  readonly inputResponses: JsonObject;
}

export function readEnvelope(params: JsonObject | undefined): Envelope {
  const meta = isObject(params?.['_meta']) ? params['_meta'] : {};
  const { clientInfo, clientCapabilities } = META;
  return {
    protocolVersion: meta[META.protocolVersion],
    client: {
      protocolVersion: NEWEST_LEGACY_REVISION,
      clientInfo: isObject(meta[clientInfo]) ? meta[clientInfo] : GATEWAY_INFO,
      capabilities: toLegacyCapabilities(meta[clientCapabilities]),
    },
    logLevel: LOG_LEVELS.indexOf(meta[META.logLevel]),
    progressToken: meta['progressToken'],
    requestState: params?.['requestState'],
    inputResponses: isObject(params?.['inputResponses']) ? params['inputResponses'] : {},
  };
}

/** The parameters without what only the modern era has. What belongs to an extension stays. */
export function toLegacyParams(params: JsonObject | undefined): JsonObject | undefined {
  if (params === undefined) return undefined;
  const { _meta: meta, requestState: _state, inputResponses: _responses, ...kept } = params;
  if (!isObject(meta)) return kept;
  const own: readonly string[] = Object.values(META);
  const keptMeta = Object.entries(meta).filter(([key]) => !own.includes(key));
  return keptMeta.length === 0 ? kept : { ...kept, _meta: Object.fromEntries(keptMeta) };
}

export function toLogLevel(name: unknown): number {
  return LOG_LEVELS.indexOf(name);
}

export function toLogLevelName(level: number): unknown {
  return LOG_LEVELS[level];
}

/** Tasks of the modern era are an extension with methods of its own; a legacy server would take them for its own kind. */
function toLegacyCapabilities(capabilities: unknown): JsonObject {
  if (!isObject(capabilities)) return {};
  const { tasks: _, ...kept } = capabilities;
  return kept;
}
