import { z } from 'zod';
import { err, ok, type Result } from '../foundation/result.ts';
import { CapabilityKindSchema } from './access-rule.ts';

/** Raised only when an old control plane would misread what a new data plane reports; an optional field is not that. */
export const TRAFFIC_FORMAT = 1;

/** Over how many Redis streams the processes of a gateway spread what they report. Readers read all of them, so it never shrinks. */
export const TRAFFIC_SHARDS = 4;

/** What one event may amount to. Longer texts are cut by the data plane before they are reported. */
export const TRAFFIC_BOUNDS = {
  /** Characters of what a client or an upstream chose: methods, names of clients. */
  nameChars: 200,
  /** Characters of the name or URI of a capability. */
  capabilityChars: 1_000,
  /** Characters of ids. */
  idChars: 200,
  /** Characters of captured arguments, and of a captured result. */
  payloadChars: 16_384,
  /** Events of one entry of a stream. */
  eventsPerEntry: 1_000,
} as const;

/** What happened. */
export const TrafficKindSchema = z.enum([
  /** A request of a client, with how it was answered. */
  'REQUEST',
  /** A message of a client that the gateway answered itself, because something was not allowed, not understood or not possible. */
  'REFUSAL',
  /** A notification of a client. */
  'NOTIFICATION',
  /** A client's answer to what its server asked. */
  'RESPONSE',
  /** A server asked its client: sampling, elicitation, roots. */
  'SERVER_REQUEST',
  /** A stream to a client began that is no answer to a single request. */
  'STREAM_OPEN',
  /** It ended. */
  'STREAM_CLOSE',
  /** A client ended its session. */
  'SESSION_END',
  /** Not an interaction: so many events were lost by a rule of the delivery contract. */
  'DROPPED',
]);

/** How it ended. */
export const TrafficOutcomeSchema = z.enum([
  'COMPLETED',
  /** The upstream answered, and its answer is an error. */
  'ERROR',
  /** The gateway answered instead of the upstream. */
  'REFUSED',
  /** The client left before the answer was complete. */
  'CLIENT_GONE',
  /** The upstream could not be reached, broke off, or did not answer in time. */
  'UPSTREAM_FAILED',
  /** A fault of the gateway. */
  'FAILED',
]);

/** By what a caller proved who they are: a key of a workspace, a token of our authorization server, or one of a trusted identity provider. */
export const TrafficCallerKindSchema = z.enum(['API_KEY', 'ACCESS_TOKEN', 'TRUSTED_TOKEN']);

const id = z.string().max(TRAFFIC_BOUNDS.idChars);
const name = z.string().max(TRAFFIC_BOUNDS.nameChars);
const count = z.number().int().nonnegative();
/** Until the year 9999: what both PostgreSQL and JavaScript write with four digits. */
const timeMs = z.number().int().positive().max(253_402_300_799_999);
/** As many as the id of an event has room for. */
const sequence = count.max(2 ** 48 - 1);

/** Arguments and result of a call, where an administrator switched it on. Secrets and personal data were taken out before it left the data plane. */
export const TrafficPayloadSchema = z.object({
  /** What the call was made with: JSON, or the beginning of it. */
  arguments: z.string().max(TRAFFIC_BOUNDS.payloadChars).optional(),
  /** The result or the error: JSON, or the beginning of it. */
  result: z.string().max(TRAFFIC_BOUNDS.payloadChars).optional(),
  /** Whether the arguments were cut. Absent: no. */
  argumentsTruncated: z.boolean().optional(),
  /** Whether the result was cut. Absent: no. */
  resultTruncated: z.boolean().optional(),
  /** How many places were taken out. */
  redactions: count,
});

/**
 * One interaction, as the data plane reports it and the log keeps it. Never a body, an argument (outside of `payload`), a header value,
 * a token or a session id. The descriptions are the reference of fields (docs/reference/traffic-events.md).
 */
export const TrafficEventSchema = z.object({
  gatewayId: z
    .string()
    .regex(/^dp_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    .describe('The data-plane process that reports it, by the id that it has in `gateways`.'),
  sequence: sequence.describe('Counts the events of the process, from 0 and without a gap: what is missing was lost.'),
  timeMs: timeMs.describe('When it was over, or happened, in milliseconds since the epoch, by the clock of the data plane.'),
  kind: TrafficKindSchema.describe('What happened.'),
  outcome: TrafficOutcomeSchema.describe('How it ended.'),
  organizationId: id.optional().describe('The organization. Absent where the URL names no workspace.'),
  workspaceId: id.optional().describe('The workspace that the URL names. Absent where there is no such workspace.'),
  serverId: id.optional().describe('The server. Absent where the workspace has no such server.'),
  grantId: id.optional().describe('The grant by which the workspace has the server.'),
  callerKind: TrafficCallerKindSchema.optional().describe('By what the caller proved who they are. Absent where they did not.'),
  userId: id.optional().describe('The person. Absent for service keys and unknown callers.'),
  keyId: id.optional().describe('The API key.'),
  clientId: id.optional().describe('The OAuth client that the access token was issued to.'),
  issuerId: id.optional().describe('The trusted identity provider that issued the token.'),
  clientName: name.optional().describe('The program, as it calls itself in `initialize`, or in each request of the modern era.'),
  clientVersion: name.optional().describe('Its version, likewise.'),
  era: z.enum(['LEGACY', 'MODERN']).optional().describe('The protocol era of the message. Absent where none was read.'),
  protocolRevision: name.optional().describe('The protocol revision that the client named.'),
  sessionId: id.optional().describe('The session, by a digest that is the same for all of it and leads back to nothing.'),
  httpMethod: z.enum(['GET', 'POST', 'DELETE']).optional().describe('The HTTP method of the request. Absent where it is none of MCP’s.'),
  method: name.optional().describe('The method of the message.'),
  capabilityKind: CapabilityKindSchema.optional().describe('What the message names: a tool, a prompt or a resource.'),
  capabilityName: z
    .string()
    .max(TRAFFIC_BOUNDS.capabilityChars)
    .optional()
    .describe('Its name as the caller wrote it, or its URI. What looks like a secret is taken out.'),
  status: z.number().int().min(100).max(599).optional().describe('The HTTP status of the answer.'),
  decision: z.enum(['ALLOWED', 'DENIED']).optional().describe('What the access rules said. Absent where they were not asked.'),
  decidedBy: name.optional().describe('Why they said it: the words of `explainAccess`.'),
  ruleId: id.optional().describe('The access rule that decided. Absent where it was none.'),
  ruleLevel: z.enum(['ORGANIZATION', 'WORKSPACE', 'PEOPLE']).optional().describe('The level at which it was decided.'),
  limitId: id.optional().describe('The limit that was used up.'),
  snapshotRevision: count.optional().describe('The revision by which it was routed and decided.'),
  reason: name.optional().describe('Why the gateway refused (docs/reference/errors.md), or why events were lost.'),
  errorCode: z.number().int().optional().describe('The code of the JSON-RPC error that was the answer.'),
  errorReason: name.optional().describe('What went wrong, in words of the gateway: never those of the upstream.'),
  connectionId: id.optional().describe('The stored credential that went upstream. Absent where none did.'),
  upstreamMs: count.optional().describe('Milliseconds until the head of the upstream’s answer.'),
  totalMs: count.optional().describe('Milliseconds from the request to the end of the answer or stream.'),
  requestBytes: count.optional().describe('Bytes of the body that the client sent.'),
  responseBytes: count.optional().describe('Bytes of the body that the client got.'),
  traceId: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .optional()
    .describe('The W3C trace that it belongs to.'),
  spanId: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .optional()
    .describe('The span of the gateway.'),
  parentSequence: sequence
    .optional()
    .describe('The event of the same process that it belongs to: the opening of a stream, or the request during which a server asked.'),
  droppedCount: count.optional().describe('How many events were lost. Only on `DROPPED`.'),
  droppedSinceMs: timeMs.optional().describe('When the first of them happened. Only on `DROPPED`.'),
  payload: TrafficPayloadSchema.optional().describe('Arguments and result, where they are captured.'),
});

export type TrafficKind = z.infer<typeof TrafficKindSchema>;
export type TrafficOutcome = z.infer<typeof TrafficOutcomeSchema>;
export type TrafficCallerKind = z.infer<typeof TrafficCallerKindSchema>;
export type TrafficPayload = Readonly<z.infer<typeof TrafficPayloadSchema>>;
export type TrafficEvent = Readonly<z.infer<typeof TrafficEventSchema>>;
export type TrafficField = keyof TrafficEvent;

/** Fields that stand in each event. The id of the process stands once in the entry. */
export type TrafficWireField = Exclude<TrafficField, 'gatewayId'>;

/** The names that fields have on the wire: an event is a few hundred bytes, and names should not be most of them. Never changed, only added. */
export const TRAFFIC_KEYS = {
  sequence: 'i',
  timeMs: 't',
  kind: 'k',
  outcome: 'o',
  organizationId: 'g',
  workspaceId: 'w',
  serverId: 's',
  grantId: 'gr',
  callerKind: 'ck',
  userId: 'u',
  keyId: 'ak',
  clientId: 'c',
  issuerId: 'is',
  clientName: 'cn',
  clientVersion: 'cv',
  era: 'e',
  protocolRevision: 'pr',
  sessionId: 'se',
  httpMethod: 'h',
  method: 'm',
  capabilityKind: 'ca',
  capabilityName: 'n',
  status: 'st',
  decision: 'd',
  decidedBy: 'db',
  ruleId: 'r',
  ruleLevel: 'rl',
  limitId: 'l',
  snapshotRevision: 'sr',
  reason: 're',
  errorCode: 'ec',
  errorReason: 'er',
  connectionId: 'co',
  upstreamMs: 'um',
  totalMs: 'tm',
  requestBytes: 'rb',
  responseBytes: 'sb',
  traceId: 'ti',
  spanId: 'si',
  parentSequence: 'pa',
  droppedCount: 'dc',
  droppedSinceMs: 'ds',
  payload: 'p',
} as const satisfies Readonly<Record<TrafficWireField, string>>;

const FIELDS = new Map(Object.entries(TRAFFIC_KEYS).map(([field, key]) => [key as string, field]));

/** An event as one line of an entry. Hot paths put the same line together by hand. */
export function encodeTrafficEvent(event: Omit<TrafficEvent, 'gatewayId'>): string {
  const pairs = Object.entries(TRAFFIC_KEYS).map(([field, key]) => [key, event[field as TrafficWireField]]);
  return JSON.stringify(Object.fromEntries(pairs));
}

/** The fields of an entry of a stream. */
export const TRAFFIC_ENTRY_FIELDS = {
  /** {@link TRAFFIC_FORMAT}. */
  format: 'f',
  /** The process that reports. */
  gatewayId: 'g',
  /** How many events the entry has. */
  count: 'n',
  /** The events, one a line. */
  lines: 'e',
} as const;

/** An entry of a stream, read. */
export interface TrafficEntry {
  readonly events: readonly TrafficEvent[];
  /** Lines that are no events, with what is wrong with them. The others of the entry are good. */
  readonly faults: readonly { readonly line: string; readonly fault: string }[];
}

/** Reads an entry; an error where nothing of it can be read. Fields that a newer data plane added are ignored. */
export function decodeTrafficEntry(fields: ReadonlyMap<string, string>): Result<TrafficEntry, string> {
  const format = Number(fields.get(TRAFFIC_ENTRY_FIELDS.format));
  const gatewayId = fields.get(TRAFFIC_ENTRY_FIELDS.gatewayId);
  const text = fields.get(TRAFFIC_ENTRY_FIELDS.lines);
  if (!Number.isInteger(format) || gatewayId === undefined || text === undefined) return err('fields are missing');
  if (format > TRAFFIC_FORMAT) return err(`format ${format} is newer than this control plane`);
  const lines = text.split('\n').filter((line) => line !== '');
  if (lines.length > TRAFFIC_BOUNDS.eventsPerEntry) return err('too many events');
  const events: TrafficEvent[] = [];
  const faults: { line: string; fault: string }[] = [];
  for (const line of lines) {
    const event = decodeLine(gatewayId, line);
    if (event.ok) events.push(event.value);
    else faults.push({ line, fault: event.error });
  }
  return ok({ events, faults });
}

function decodeLine(gatewayId: string, line: string): Result<TrafficEvent, string> {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return err('not JSON'); // what the parser says may quote the line
  }
  if (typeof json !== 'object' || json === null) return err('not an object');
  const named = Object.entries(json).flatMap(([key, value]) => {
    const field = FIELDS.get(key);
    return field === undefined ? [] : [[field, value] as const];
  });
  const parsed = TrafficEventSchema.safeParse({ ...Object.fromEntries(named), gatewayId });
  return parsed.success ? ok(parsed.data) : err(`unusable fields: ${parsed.error.issues.map(({ path }) => path.join('.')).join(', ')}`);
}

/** Hex digits of an event's id that name the process, and that count its events. Together they make a UUID. */
const PROCESS_DIGITS = 20;
const SEQUENCE_DIGITS = 12;

/**
 * An event's id: the same however often it is delivered, because it says which event of which process it is. The ids of a process
 * are ordered as its events are. A UUID, so that it takes 16 bytes in an index.
 */
export function toTrafficEventId({ gatewayId, sequence }: Pick<TrafficEvent, 'gatewayId' | 'sequence'>): string {
  const digits = gatewayId.slice('dp_'.length).replaceAll('-', '').slice(0, PROCESS_DIGITS);
  const all = digits + sequence.toString(16).padStart(SEQUENCE_DIGITS, '0');
  return [all.slice(0, 8), all.slice(8, 12), all.slice(12, 16), all.slice(16, 20), all.slice(20)].join('-');
}

/** The stream that a process reports to. Always the same, so that its events stay in order. */
export function toTrafficShard(gatewayId: string): number {
  return Number.parseInt(gatewayId.slice(-4), 16) % TRAFFIC_SHARDS;
}
