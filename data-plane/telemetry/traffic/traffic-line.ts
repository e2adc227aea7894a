import { createHash } from 'node:crypto';
import { decideServerAccess } from '../../../contract/access-decision.ts';
import {
  TRAFFIC_BOUNDS,
  TRAFFIC_KEYS,
  type TrafficKind,
  type TrafficOutcome,
  type TrafficWireField,
} from '../../../contract/traffic-event.ts';
import { findNamedCapability, MALFORMED, type NamedCapability } from '../../access/named-capability.ts';
import { isObject, type McpMessage } from '../../mcp/message.ts';
import { META } from '../../mcp/modern-envelope.ts';
import { unpackInitialize } from '../../mcp/packed-initialize.ts';
import type { PresentedSession } from '../../mcp/session-id.ts';
import type { Caller } from '../../request/caller.ts';
import { isMcpMethod } from '../../request/check-method.ts';
import type { Exchange } from '../../request/exchange.ts';
import type { CapabilityRefusal, Rejection } from '../../request/rejection.ts';
import type { Target } from '../../request/target.ts';
import type { RoutedWorkspace } from '../../snapshot/routed-workspace.ts';
import { redactText } from './redact.ts';
import { withoutUriSecrets } from './uri-secrets.ts';

/** What a line says besides what the exchange knows. */
export interface LineFacts {
  readonly sequence: number;
  readonly kind: TrafficKind;
  readonly outcome: TrafficOutcome;
  /** The message that the event is about: of a batch, one of its elements. */
  readonly message: McpMessage | undefined;
  /** Where it is not the message's own: what a server asked. */
  readonly method?: string | undefined;
  /** Of a batch, only one element says how large the whole was, so that sums are right. */
  readonly saysSizes: boolean;
  readonly totalMs?: number | undefined;
  readonly errorCode?: number | undefined;
  readonly errorReason?: string | undefined;
  readonly parentSequence?: number | undefined;
  /** Why an element of a batch was refused. */
  readonly refusal?: CapabilityRefusal | undefined;
  /** JSON, where arguments or results are captured. */
  readonly payload?: string | undefined;
}

/**
 * An interaction as one line of an entry, put together by hand as the access log does it, and for the same reason. Texts that a client or
 * the snapshot chose are always written as JSON strings, and cut. The same as `encodeTrafficEvent` of the contract; a test compares them.
 * @param workspace the one that the URL names, where the caller is not known.
 */
export function toTrafficLine(exchange: Exchange, facts: LineFacts, timeMs: number, workspace: RoutedWorkspace | undefined): string {
  const { caller, target, rejection, trace } = exchange;
  const { message } = facts;
  const refusal = facts.refusal ?? (rejection?.reason === 'capability_hidden' ? rejection.refusal : undefined);
  return (
    `{"${TRAFFIC_KEYS.sequence}":${facts.sequence}${KEY.timeMs}${timeMs}${KEY.kind}"${facts.kind}"${KEY.outcome}"${facts.outcome}"` +
    (caller === undefined || target === undefined ? toStranger(exchange, workspace) : toPlace(caller, target)) +
    toClient(exchange) +
    toHttpMethod(exchange.req.method) +
    toMessage(message, facts.method) +
    (facts.kind === 'SERVER_REQUEST' ? '' : `${KEY.status}${exchange.res.statusCode}`) +
    (refusal !== undefined ? toDenial(refusal) : toDecision(exchange)) +
    (exchange.revision === undefined ? '' : KEY.snapshotRevision + exchange.revision) +
    (rejection === undefined ? '' : toRefusal(rejection)) +
    (facts.errorCode === undefined ? '' : KEY.errorCode + facts.errorCode) +
    (facts.errorReason === undefined ? '' : KEY.errorReason + text(facts.errorReason)) +
    (exchange.connectionId === undefined ? '' : KEY.connectionId + text(exchange.connectionId)) +
    (exchange.upstreamMs === undefined ? '' : KEY.upstreamMs + whole(exchange.upstreamMs)) +
    (facts.totalMs === undefined ? '' : KEY.totalMs + whole(facts.totalMs)) +
    (facts.saysSizes ? KEY.requestBytes + exchange.requestBytes + KEY.responseBytes + exchange.responseBytes : '') +
    `${KEY.traceId}"${trace.traceId}"${KEY.spanId}"${trace.spanId}"` +
    (facts.parentSequence === undefined ? '' : KEY.parentSequence + facts.parentSequence) +
    (facts.payload === undefined ? '' : KEY.payload + facts.payload) +
    '}\n'
  );
}

/** The names of fields as they stand between two of them. */
const KEY = Object.fromEntries(Object.entries(TRAFFIC_KEYS).map(([field, key]) => [field, `,"${key}":`])) as Readonly<
  Record<TrafficWireField, string>
>;

/** Of MCP's three: another one was refused for being that. */
function toHttpMethod(method: string | undefined): string {
  return isMcpMethod(method) ? `${KEY.httpMethod}"${method}"` : '';
}

interface Place extends Pick<Target, 'route' | 'server'> {
  readonly text: string;
}

const lastPlaces = new WeakMap<Caller, Place>();

/** Who calls where. Most callers come again and again to the same server. */
function toPlace(caller: Caller, target: Target): string {
  const last = lastPlaces.get(caller);
  if (last?.route === target.route && last.server === target.server) return last.text;
  const { route, server, workspace } = target;
  const place = toWorkspace(workspace) + KEY.serverId + text(server.id) + KEY.grantId + text(route.grantId) + toCaller(caller);
  lastPlaces.set(caller, { route, server, text: place });
  return place;
}

function toWorkspace({ id, organizationId }: RoutedWorkspace): string {
  return KEY.organizationId + text(organizationId) + KEY.workspaceId + text(id);
}

function toCaller(caller: Caller): string {
  const { kind, subject } = caller;
  const user = subject.kind === 'USER' ? KEY.userId + text(subject.userId) : '';
  const by = `${KEY.callerKind}"${kind}"${user}`;
  if (kind === 'API_KEY') return by + KEY.keyId + text(caller.keyId);
  const client = caller.clientId === undefined ? '' : KEY.clientId + text(caller.clientId);
  return by + client + (kind === 'TRUSTED_TOKEN' ? KEY.issuerId + text(caller.issuerId) : '');
}

/** Who did not get as far as a server of theirs. Where they wanted to go is told to those who read the log, and to nobody else. */
function toStranger({ caller, names }: Exchange, workspace: RoutedWorkspace | undefined): string {
  const route = names === undefined ? undefined : workspace?.findRoute(names.server);
  return (
    (workspace === undefined ? '' : toWorkspace(workspace)) +
    (route === undefined ? '' : KEY.serverId + text(route.serverId) + KEY.grantId + text(route.grantId)) +
    (caller === undefined ? '' : toCaller(caller))
  );
}

/** The program that calls, as it describes itself, and the session it calls in. */
function toClient(exchange: Exchange): string {
  const { message, openedSession, req, session, target } = exchange;
  const header = req.headers['mcp-protocol-version'];
  const revision = header === undefined ? '' : KEY.protocolRevision + text(String(header));
  if (message?.era === 'modern') return `${KEY.era}"MODERN"${revision}${toProgram(findMeta(message)?.[META.clientInfo])}`;
  const era = message === undefined ? '' : `${KEY.era}"LEGACY"`;
  if (message?.method === 'initialize') {
    const { clientInfo, protocolVersion } = message.params ?? {};
    const named = typeof protocolVersion === 'string' ? KEY.protocolRevision + text(protocolVersion) : '';
    const opened = openedSession === undefined ? '' : KEY.sessionId + text(toSessionDigest(target!.route.grantId, openedSession));
    return era + named + opened + toProgram(clientInfo);
  }
  if (session === undefined) return era + revision;
  const { agreed, who } = describeSession(session);
  return era + (revision === '' ? agreed : revision) + who;
}

interface DescribedSession {
  /** The revision that its client asked for: older clients do not repeat it with each request. */
  readonly agreed: string;
  readonly who: string;
}

const sessions = new WeakMap<PresentedSession, DescribedSession>();

/** The same object for each request of a session, as long as its id is remembered. */
function describeSession(session: PresentedSession): DescribedSession {
  const known = sessions.get(session);
  if (known !== undefined) return known;
  const { clientInfo, protocolVersion } = findHello(session) ?? {};
  const digest = toSessionDigest(session.routeId, session.kind === 'pass-through' ? session.upstreamSessionId : session.key);
  const described = {
    agreed: typeof protocolVersion === 'string' ? KEY.protocolRevision + text(protocolVersion) : '',
    who: KEY.sessionId + text(digest) + toProgram(clientInfo),
  };
  sessions.set(session, described);
  return described;
}

/** What the client said when it opened the session, where that is remembered. */
function findHello(session: PresentedSession): Readonly<Record<string, unknown>> | undefined {
  if (session.kind !== 'pass-through') return { ...session.client };
  return session.initialize === undefined ? undefined : unpackInitialize(session.initialize);
}

/** One way: what names a session is worth something to whoever may use the server. It outlives the ids that clients hold of the session. */
function toSessionDigest(routeId: string, name: string): string {
  return createHash('sha256').update(`sluice session ${routeId} ${name}`).digest('base64url').slice(0, DIGEST_LENGTH);
}

const DIGEST_LENGTH = 22;

function toProgram(info: unknown): string {
  if (!isObject(info)) return '';
  const { name, version } = info;
  return (
    (typeof name === 'string' ? KEY.clientName + text(name) : '') + (typeof version === 'string' ? KEY.clientVersion + text(version) : '')
  );
}

function findMeta(message: McpMessage): Readonly<Record<string, unknown>> | undefined {
  const meta = message.params?.['_meta'];
  return isObject(meta) ? meta : undefined;
}

/** What a message asks for. Methods are few, so their texts are remembered; anybody can invent some, so not for ever. */
function toMessage(message: McpMessage | undefined, other: string | undefined): string {
  const method = other ?? message?.method;
  if (method === undefined) return '';
  let known = methods.get(method);
  if (known === undefined) {
    if (methods.size >= MAX_METHODS) methods.clear();
    methods.set(method, (known = KEY.method + text(method)));
  }
  return other === undefined && message?.params !== undefined ? known + toCapability(message) : known;
}

const MAX_METHODS = 200;
const methods = new Map<string, string>();

function toCapability(message: McpMessage): string {
  const named = findNamedCapability(message);
  if (named === undefined || named === MALFORMED || named.kind === 'TASK') return '';
  const key = `${named.kind} ${named.name}`;
  const known = capabilities.get(key);
  if (known !== undefined) return known;
  if (capabilities.size >= MAX_CAPABILITIES) capabilities.clear();
  const told = `${KEY.capabilityKind}"${named.kind}"${KEY.capabilityName}${JSON.stringify(toTold(named))}`;
  // A name as long as a document is not worth being remembered.
  if (key.length <= TRAFFIC_BOUNDS.capabilityChars) capabilities.set(key, told);
  return told;
}

const MAX_CAPABILITIES = 2_000;
const capabilities = new Map<string, string>();

/** A URI may carry a secret, and a name that somebody pasted in the wrong place may be one. */
function toTold({ kind, name }: NamedCapability): string {
  const isUri = kind === 'RESOURCE' || kind === 'RESOURCE_TEMPLATE';
  return redactText(isUri ? withoutUriSecrets(name) : name, TRAFFIC_BOUNDS.capabilityChars).text;
}

/** Why the server may be used. Single capabilities are only ever refused. */
function toDecision({ caller, hasPassedRules, rejection, target }: Exchange): string {
  if (caller === undefined || target === undefined) return '';
  if (rejection?.reason === 'user_denied') {
    return `${KEY.decision}"DENIED"${KEY.decidedBy}"${decideServerAccess(target.route, caller.subject).decidedBy}"${KEY.ruleLevel}"PEOPLE"`;
  }
  if (!hasPassedRules) return '';
  const { decidedBy } = decideServerAccess(target.route, caller.subject);
  return decidedBy === 'grant' ? ALLOWED_BY_GRANT : `${KEY.decision}"ALLOWED"${KEY.decidedBy}"${decidedBy}"${KEY.ruleLevel}"PEOPLE"`;
}

const ALLOWED_BY_GRANT = `${KEY.decision}"ALLOWED"${KEY.decidedBy}"grant"${KEY.ruleLevel}"WORKSPACE"`;

function toDenial(refusal: CapabilityRefusal): string {
  if (typeof refusal === 'string') return `${KEY.decision}"DENIED"${KEY.decidedBy}"${refusal}"${KEY.ruleLevel}"WORKSPACE"`;
  const { level, reason, ruleId } = refusal;
  const rule = ruleId === null ? '' : KEY.ruleId + text(ruleId);
  return `${KEY.decision}"DENIED"${KEY.decidedBy}"${reason}"${KEY.ruleLevel}"${level}"${rule}`;
}

function toRefusal(rejection: Rejection): string {
  const limit = 'limitId' in rejection ? KEY.limitId + text(rejection.limitId) : '';
  return `${KEY.reason}"${rejection.reason}"${limit}`;
}

function whole(ms: number): number {
  return Math.max(0, Math.round(ms));
}

function text(value: string): string {
  return JSON.stringify(value.length > TRAFFIC_BOUNDS.nameChars ? value.slice(0, TRAFFIC_BOUNDS.nameChars) : value);
}
