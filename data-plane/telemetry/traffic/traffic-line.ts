import { createHash } from 'node:crypto';
import { decideServerAccess, type ServerAccessDecision } from '../../../contract/access-decision.ts';
import type { CapabilityKind } from '../../../contract/access-rule.ts';
import {
  TRAFFIC_BOUNDS,
  TRAFFIC_KEYS,
  type TrafficKind,
  type TrafficOutcome,
  type TrafficWireField,
} from '../../../contract/traffic-event.ts';
import { findNamedCapability, MALFORMED } from '../../access/named-capability.ts';
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
import type { LineBuffer } from '../line-buffer.ts';
import { RememberedBytes } from '../remembered-bytes.ts';
import { LastRequest, type NamedThing } from './last-request.ts';
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
 * Writes an interaction as one line of an entry, put together by hand as the access log does it, and for the same reason. Texts that a
 * client or the snapshot chose are always written as JSON strings, and cut. The same as `encodeTrafficEvent` of the contract; a test
 * compares them.
 * @param workspace the one that the URL names, where the caller is not known.
 */
export function writeTrafficLine(
  lines: LineBuffer,
  exchange: Exchange,
  facts: LineFacts,
  timeMs: number,
  workspace: RoutedWorkspace | undefined,
): void {
  const { trace, upstreamMs } = exchange;
  const { parentSequence, payload, totalMs } = facts;
  lines.bytes(BEGIN).number(facts.sequence).bytes(BYTES.timeMs).number(timeMs);
  writeCircumstances(lines, exchange, facts, workspace);
  if (upstreamMs !== undefined) lines.bytes(BYTES.upstreamMs).number(whole(upstreamMs));
  if (totalMs !== undefined) lines.bytes(BYTES.totalMs).number(whole(totalMs));
  if (facts.saysSizes) {
    lines.bytes(BYTES.requestBytes).number(exchange.requestBytes).bytes(BYTES.responseBytes).number(exchange.responseBytes);
  }
  lines.bytes(TRACE_ID).ascii(trace.traceId).bytes(QUOTE_SPAN_ID).ascii(trace.spanId).ascii('"');
  if (parentSequence !== undefined) lines.bytes(BYTES.parentSequence).number(parentSequence);
  if (payload !== undefined) lines.bytes(BYTES.payload).text(payload);
  lines.ascii('}\n');
}

/** Who did what where, how it ended and why. A session often does the same again. */
function writeCircumstances(lines: LineBuffer, exchange: Exchange, facts: LineFacts, workspace: RoutedWorkspace | undefined): void {
  const { message, outcome } = facts;
  const named = facts.method === undefined && message?.params !== undefined ? findNamed(message) : undefined;
  const session = outcome === 'COMPLETED' && facts.method === undefined && message?.era === 'legacy' ? exchange.session : undefined;
  const isWorthKeeping = exchange.rejection === undefined && facts.refusal === undefined && LastRequest.mayKeep(message, named);
  if (session === undefined || !isWorthKeeping) {
    writeEachCircumstance(lines, exchange, facts, named, workspace);
    return;
  }
  const last = lastRequests.get(session);
  if (last?.saysTheSame(exchange, facts, named) === true) {
    lines.bytes(last.bytes);
    return;
  }
  const start = lines.length;
  writeEachCircumstance(lines, exchange, facts, named, workspace);
  lastRequests.set(session, new LastRequest(exchange, facts, named, lines.copy(start)));
}

const lastRequests = new WeakMap<PresentedSession, LastRequest>();

function writeEachCircumstance(
  lines: LineBuffer,
  exchange: Exchange,
  facts: LineFacts,
  named: NamedThing | undefined,
  workspace: RoutedWorkspace | undefined,
): void {
  const { caller, connectionId, rejection, revision, target } = exchange;
  const { errorCode, errorReason } = facts;
  const refusal = facts.refusal ?? (rejection?.reason === 'capability_hidden' ? rejection.refusal : undefined);
  lines.bytes(BYTES.kind).ascii(facts.kind).bytes(QUOTE_OUTCOME).ascii(facts.outcome).ascii('"');
  if (caller === undefined || target === undefined) lines.text(toStranger(exchange, workspace));
  else lines.bytes(findPlace(caller, target));
  writeClient(lines, exchange);
  const httpMethod = exchange.req.method;
  if (isMcpMethod(httpMethod)) lines.bytes(HTTP_METHODS[httpMethod]); // another one was refused for being that
  const method = facts.method ?? facts.message?.method;
  if (method !== undefined) lines.bytes(METHODS.find(method));
  if (named !== undefined) lines.bytes(CAPABILITIES[named.kind].find(named.name));
  if (facts.kind !== 'SERVER_REQUEST') lines.bytes(BYTES.status).number(exchange.res.statusCode);
  if (refusal === undefined) lines.bytes(findDecision(exchange));
  else lines.text(toDenial(refusal));
  if (revision !== undefined) lines.bytes(BYTES.snapshotRevision).number(revision);
  if (rejection !== undefined) lines.text(toRefusal(rejection));
  if (errorCode !== undefined) lines.bytes(BYTES.errorCode).number(errorCode);
  if (errorReason !== undefined) lines.bytes(BYTES.errorReason).text(text(errorReason));
  if (connectionId !== undefined) lines.bytes(CONNECTIONS.find(connectionId));
}

/** The names of fields as they stand between two of them. */
const KEY = Object.fromEntries(Object.entries(TRAFFIC_KEYS).map(([field, key]) => [field, `,"${key}":`])) as Readonly<
  Record<TrafficWireField, string>
>;

/** The same as bytes; of a text of ASCII, with the quote before it. */
const BYTES = {
  timeMs: Buffer.from(KEY.timeMs),
  kind: Buffer.from(`${KEY.kind}"`),
  status: Buffer.from(KEY.status),
  snapshotRevision: Buffer.from(KEY.snapshotRevision),
  errorCode: Buffer.from(KEY.errorCode),
  errorReason: Buffer.from(KEY.errorReason),
  upstreamMs: Buffer.from(KEY.upstreamMs),
  totalMs: Buffer.from(KEY.totalMs),
  requestBytes: Buffer.from(KEY.requestBytes),
  responseBytes: Buffer.from(KEY.responseBytes),
  parentSequence: Buffer.from(KEY.parentSequence),
  payload: Buffer.from(KEY.payload),
};

const CONNECTIONS = new RememberedBytes(2_000, (id) => KEY.connectionId + text(id));

const BEGIN = Buffer.from(`{"${TRAFFIC_KEYS.sequence}":`);
const QUOTE_OUTCOME = Buffer.from(`"${KEY.outcome}"`);
const TRACE_ID = Buffer.from(`${KEY.traceId}"`);
const QUOTE_SPAN_ID = Buffer.from(`"${KEY.spanId}"`);

const HTTP_METHODS = {
  GET: Buffer.from(`${KEY.httpMethod}"GET"`),
  POST: Buffer.from(`${KEY.httpMethod}"POST"`),
  DELETE: Buffer.from(`${KEY.httpMethod}"DELETE"`),
};

interface Place extends Pick<Target, 'route' | 'server'> {
  readonly bytes: Buffer;
}

const lastPlaces = new WeakMap<Caller, Place>();

/** Who calls where. Most callers come again and again to the same server. */
function findPlace(caller: Caller, target: Target): Buffer {
  const last = lastPlaces.get(caller);
  if (last?.route === target.route && last.server === target.server) return last.bytes;
  const { route, server, workspace } = target;
  const place = toWorkspace(workspace) + KEY.serverId + text(server.id) + KEY.grantId + text(route.grantId) + toCaller(caller);
  const bytes = Buffer.from(place);
  lastPlaces.set(caller, { route, server, bytes });
  return bytes;
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
function writeClient(lines: LineBuffer, exchange: Exchange): void {
  const { message, openedSession, req, session, target } = exchange;
  const header = req.headers['mcp-protocol-version'];
  if (session !== undefined && message?.era !== 'modern' && message?.method !== 'initialize') {
    lines.bytes(findSessionBytes(session, message !== undefined, header?.toString()));
    return;
  }
  const revision = header === undefined ? '' : KEY.protocolRevision + text(String(header));
  if (message?.era === 'modern') {
    lines.text(`${KEY.era}"MODERN"${revision}${toProgram(findMeta(message)?.[META.clientInfo])}`);
  } else if (message?.method === 'initialize') {
    const { clientInfo, protocolVersion } = message.params ?? {};
    const named = typeof protocolVersion === 'string' ? KEY.protocolRevision + text(protocolVersion) : '';
    const opened = openedSession === undefined ? '' : KEY.sessionId + text(toSessionDigest(target!.route.grantId, openedSession));
    lines.text(LEGACY + named + opened + toProgram(clientInfo));
  } else lines.text((message === undefined ? '' : LEGACY) + revision);
}

const LEGACY = `${KEY.era}"LEGACY"`;

interface DescribedSession {
  /** The revision that its client asked for: older clients do not repeat it with each request. */
  readonly agreed: string;
  readonly who: string;
  /** What the last line said of it, and what that depends on besides. */
  bytes: Buffer | undefined;
  hasMessage: boolean;
  header: string | undefined;
}

const sessions = new WeakMap<PresentedSession, DescribedSession>();

/** The same for nearly all requests of a session. */
function findSessionBytes(session: PresentedSession, hasMessage: boolean, header: string | undefined): Buffer {
  const described = describeSession(session);
  if (described.bytes !== undefined && described.hasMessage === hasMessage && described.header === header) return described.bytes;
  const revision = header === undefined ? described.agreed : KEY.protocolRevision + text(header);
  described.hasMessage = hasMessage;
  described.header = header;
  return (described.bytes = Buffer.from((hasMessage ? LEGACY : '') + revision + described.who));
}

/** The same object for each request of a session, as long as its id is remembered. */
function describeSession(session: PresentedSession): DescribedSession {
  const known = sessions.get(session);
  if (known !== undefined) return known;
  const { clientInfo, protocolVersion } = findHello(session) ?? {};
  const digest = toSessionDigest(session.routeId, session.kind === 'pass-through' ? session.upstreamSessionId : session.key);
  const described = {
    agreed: typeof protocolVersion === 'string' ? KEY.protocolRevision + text(protocolVersion) : '',
    who: KEY.sessionId + text(digest) + toProgram(clientInfo),
    bytes: undefined,
    hasMessage: false,
    header: undefined,
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

/** What a message asks for, where that is of interest to people. */
function findNamed(message: McpMessage): NamedThing | undefined {
  const named = findNamedCapability(message);
  return named === undefined || named === MALFORMED || named.kind === 'TASK' ? undefined : (named as NamedThing);
}

const METHODS = new RememberedBytes(200, (method) => KEY.method + text(method));
const CAPABILITIES: Readonly<Record<CapabilityKind, RememberedBytes>> = {
  TOOL: rememberCapabilities('TOOL'),
  PROMPT: rememberCapabilities('PROMPT'),
  RESOURCE: rememberCapabilities('RESOURCE'),
  RESOURCE_TEMPLATE: rememberCapabilities('RESOURCE_TEMPLATE'),
};

function rememberCapabilities(kind: CapabilityKind): RememberedBytes {
  const before = `${KEY.capabilityKind}"${kind}"${KEY.capabilityName}`;
  return new RememberedBytes(2_000, (name) => before + JSON.stringify(toTold(kind, name)));
}

/** A URI may carry a secret, and a name that somebody pasted in the wrong place may be one. */
function toTold(kind: CapabilityKind, name: string): string {
  const isUri = kind === 'RESOURCE' || kind === 'RESOURCE_TEMPLATE';
  return redactText(isUri ? withoutUriSecrets(name) : name, TRAFFIC_BOUNDS.capabilityChars).text;
}

/** Why the server may be used. Single capabilities are only ever refused. */
function findDecision({ caller, hasPassedRules, rejection, target }: Exchange): Buffer {
  const isDenied = rejection?.reason === 'user_denied';
  if (caller === undefined || target === undefined || (!isDenied && !hasPassedRules)) return NO_DECISION;
  return DECISIONS[isDenied ? 'DENIED' : 'ALLOWED'][decideServerAccess(target.route, caller.subject).decidedBy];
}

type DecidedBy = ServerAccessDecision['decidedBy'];

const NO_DECISION = Buffer.alloc(0);
const DECISIONS = { ALLOWED: toDecisions('ALLOWED'), DENIED: toDecisions('DENIED') };

function toDecisions(decision: 'ALLOWED' | 'DENIED'): Readonly<Record<DecidedBy, Buffer>> {
  const toBytes = (decidedBy: DecidedBy, level: 'WORKSPACE' | 'PEOPLE') =>
    Buffer.from(`${KEY.decision}"${decision}"${KEY.decidedBy}"${decidedBy}"${KEY.ruleLevel}"${level}"`);
  return {
    grant: toBytes('grant', 'WORKSPACE'),
    default_user_access: toBytes('default_user_access', 'PEOPLE'),
    user_override: toBytes('user_override', 'PEOPLE'),
  };
}

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
