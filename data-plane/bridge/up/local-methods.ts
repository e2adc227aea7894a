import type { AdmittedCall } from '../../upstream/forwarder.ts';
import { isObject, type JsonObject } from '../../mcp/message.ts';
import type { BridgedSession } from './bridged-session.ts';
import type { Discoveries } from './discoveries.ts';

/** What a method that the gateway serves itself comes to. */
export type LocalOutcome = { readonly result: JsonObject } | { readonly error: JsonObject };

/** What a local method works with. */
export interface LocalContext {
  readonly call: AdmittedCall;
  readonly session: BridgedSession;
  readonly discoveries: Discoveries;
}

type LocalMethod = (context: LocalContext, params: JsonObject) => LocalOutcome | Promise<LocalOutcome>;

/** RFC 5424 section 6.2.1, in the names of MCP. */
const LOG_LEVELS: ReadonlySet<unknown> = new Set(['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency']);

const DONE: LocalOutcome = { result: {} };
const METHOD_NOT_FOUND: LocalOutcome = { error: { code: -32601, message: 'Method not found' } };

/** The legacy methods that the modern era does not have. Their meaning lives in the session. */
export const LOCAL_METHODS: ReadonlyMap<string, LocalMethod> = new Map<string, LocalMethod>([
  ['ping', () => DONE],
  ['logging/setLevel', setLogLevel],
  ['resources/subscribe', subscribe],
  ['resources/unsubscribe', unsubscribe],
]);

async function setLogLevel({ call, discoveries, session }: LocalContext, { level }: JsonObject): Promise<LocalOutcome> {
  const capabilities = await discoveries.loadCapabilities(call, session);
  if (capabilities.ok && capabilities.value['logging'] === undefined) return METHOD_NOT_FOUND;
  if (!LOG_LEVELS.has(level)) return invalid('level must be one of the eight log levels');
  session.logLevel = String(level);
  return DONE;
}

async function subscribe({ call, discoveries, session }: LocalContext, { uri }: JsonObject): Promise<LocalOutcome> {
  const capabilities = await discoveries.loadCapabilities(call, session);
  const resources = capabilities.ok ? capabilities.value['resources'] : undefined;
  if (capabilities.ok && !(isObject(resources) && resources['subscribe'] === true)) return METHOD_NOT_FOUND;
  if (typeof uri !== 'string') return invalid('uri must be a string');
  if (session.watched.has(uri)) return DONE;
  if (!session.watch(uri)) return invalid('too many resources are subscribed to');
  const agreed = await session.stream?.watch(session.watched);
  if (agreed === undefined || agreed.has(uri)) return DONE;
  session.watched.delete(uri);
  return invalid('the MCP server does not announce updates of this resource');
}

async function unsubscribe({ session }: LocalContext, { uri }: JsonObject): Promise<LocalOutcome> {
  if (typeof uri !== 'string') return invalid('uri must be a string');
  if (session.watched.delete(uri)) await session.stream?.watch(session.watched);
  return DONE;
}

function invalid(fault: string): LocalOutcome {
  return { error: { code: -32602, message: `Invalid params: ${fault}.` } };
}
