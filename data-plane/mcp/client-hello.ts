import { isLegacyRevision, NEWEST_LEGACY_REVISION } from './legacy-revisions.ts';
import { isObject, type JsonObject } from './message.ts';

/** What a legacy client said of itself in `initialize`, as far as the gateway speaks in its name. */
export interface ClientHello {
  /** The revision that was agreed on with the client. */
  readonly protocolVersion: string;
  readonly clientInfo: JsonObject;
  readonly capabilities: JsonObject;
}

/** The capabilities that a question of a server can need. Others are kept only where they are small. */
const ANSWERING = ['roots', 'sampling', 'elicitation'];

/** How much of what a client says travels in its session id, in characters of JSON each. */
const MAX_CAPABILITIES = 1_024;
const MAX_NAME = 128;

/**
 * Reads the parameters of `initialize`. What is too large for a session id is left out, so that it is not declared to the upstream
 * before the move to another process and missing after it.
 */
export function toClientHello(params: JsonObject | undefined): ClientHello {
  const { protocolVersion, clientInfo, capabilities } = params ?? {};
  return {
    protocolVersion: isLegacyRevision(protocolVersion) ? protocolVersion : NEWEST_LEGACY_REVISION,
    clientInfo: toClientInfo(clientInfo),
    capabilities: toCapabilities(capabilities),
  };
}

function toClientInfo(info: unknown): JsonObject {
  const { name, title, version } = isObject(info) ? info : {};
  const kept: Record<string, unknown> = { name: toText(name) ?? 'unknown', version: toText(version) ?? '0' };
  const shownTitle = toText(title);
  if (shownTitle !== undefined) kept['title'] = shownTitle;
  return kept;
}

/** Tasks are those of MCP 2025-11-25, which are no modern capability. */
function toCapabilities(capabilities: unknown): JsonObject {
  if (!isObject(capabilities)) return {};
  const { tasks: _, ...kept } = capabilities;
  if (JSON.stringify(kept).length <= MAX_CAPABILITIES) return kept;
  const answering = Object.fromEntries(Object.entries(kept).filter(([name]) => ANSWERING.includes(name)));
  return JSON.stringify(answering).length <= MAX_CAPABILITIES ? answering : {};
}

function toText(value: unknown): string | undefined {
  return typeof value === 'string' ? value.slice(0, MAX_NAME) : undefined;
}
