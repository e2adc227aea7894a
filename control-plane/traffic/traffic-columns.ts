import { toTrafficEventId, type TrafficEvent, type TrafficField } from '../../contract/traffic-event.ts';

/** How a field of an event is kept. */
export interface TrafficColumn {
  readonly field: TrafficField;
  /** Its name in `traffic_events`. */
  readonly column: string;
  readonly type: 'text' | 'number' | 'time' | 'process';
}

/** The columns of `traffic_events` that hold a field as it is, in the order in which they are written. */
export const trafficColumns: readonly TrafficColumn[] = [
  { field: 'timeMs', column: 'occurred_at', type: 'time' },
  { field: 'gatewayId', column: 'gateway_id', type: 'process' },
  { field: 'sequence', column: 'sequence', type: 'number' },
  { field: 'parentSequence', column: 'parent_sequence', type: 'number' },
  { field: 'kind', column: 'kind', type: 'text' },
  { field: 'outcome', column: 'outcome', type: 'text' },
  { field: 'organizationId', column: 'organization_id', type: 'text' },
  { field: 'workspaceId', column: 'workspace_id', type: 'text' },
  { field: 'serverId', column: 'server_id', type: 'text' },
  { field: 'grantId', column: 'grant_id', type: 'text' },
  { field: 'callerKind', column: 'caller_kind', type: 'text' },
  { field: 'userId', column: 'user_id', type: 'text' },
  { field: 'keyId', column: 'key_id', type: 'text' },
  { field: 'clientId', column: 'client_id', type: 'text' },
  { field: 'issuerId', column: 'issuer_id', type: 'text' },
  { field: 'clientName', column: 'client_name', type: 'text' },
  { field: 'clientVersion', column: 'client_version', type: 'text' },
  { field: 'era', column: 'era', type: 'text' },
  { field: 'protocolRevision', column: 'protocol_revision', type: 'text' },
  { field: 'sessionId', column: 'session_id', type: 'text' },
  { field: 'httpMethod', column: 'http_method', type: 'text' },
  { field: 'method', column: 'method', type: 'text' },
  { field: 'capabilityKind', column: 'capability_kind', type: 'text' },
  { field: 'capabilityName', column: 'capability_name', type: 'text' },
  { field: 'status', column: 'status', type: 'number' },
  { field: 'decision', column: 'decision', type: 'text' },
  { field: 'decidedBy', column: 'decided_by', type: 'text' },
  { field: 'ruleId', column: 'rule_id', type: 'text' },
  { field: 'ruleLevel', column: 'rule_level', type: 'text' },
  { field: 'limitId', column: 'limit_id', type: 'text' },
  { field: 'snapshotRevision', column: 'snapshot_revision', type: 'number' },
  { field: 'reason', column: 'reason', type: 'text' },
  { field: 'errorCode', column: 'error_code', type: 'number' },
  { field: 'errorReason', column: 'error_reason', type: 'text' },
  { field: 'connectionId', column: 'connection_id', type: 'text' },
  { field: 'upstreamMs', column: 'upstream_ms', type: 'number' },
  { field: 'totalMs', column: 'total_ms', type: 'number' },
  { field: 'requestBytes', column: 'request_bytes', type: 'number' },
  { field: 'responseBytes', column: 'response_bytes', type: 'number' },
  { field: 'traceId', column: 'trace_id', type: 'text' },
  { field: 'spanId', column: 'span_id', type: 'text' },
  { field: 'droppedCount', column: 'dropped_count', type: 'number' },
  { field: 'droppedSinceMs', column: 'dropped_since', type: 'time' },
];

/** A row of `traffic_events` as the driver returns it: by the names of its columns, numbers perhaps as texts, times as dates or texts. */
export type TrafficRow = Readonly<Record<string, unknown>>;

/** An event of the log. Its payload is kept elsewhere, for fewer eyes. */
export type LoggedTrafficEvent = Omit<TrafficEvent, 'payload'> & {
  /** See `toTrafficEventId`. */
  readonly id: string;
  /** Whether arguments or a result were captured. */
  readonly hasPayload: boolean;
};

/** What a row says. Fields that it does not have are absent. */
export function toLoggedEvent(row: TrafficRow): LoggedTrafficEvent {
  const fields = trafficColumns.flatMap(({ field, column, type }) => {
    const value = row[column];
    return value == null ? [] : [[field, READ[type](value)] as const];
  });
  const event = Object.fromEntries(fields) as unknown as TrafficEvent;
  return { ...event, id: toTrafficEventId(event), hasPayload: row['has_payload'] === true };
}

const READ: Readonly<Record<TrafficColumn['type'], (value: unknown) => unknown>> = {
  text: String,
  number: Number,
  time: (value) => (value instanceof Date ? value : new Date(String(value))).getTime(),
  process: (value) => `dp_${String(value)}`,
};

/** The values of an event, in the order of {@link trafficColumns}, as texts that PostgreSQL reads; null where there is none. */
export function toColumnTexts(event: TrafficEvent): (string | null)[] {
  return trafficColumns.map(({ field, type }) => {
    const value = event[field];
    return value === undefined ? null : WRITE[type](value);
  });
}

const WRITE: Readonly<Record<TrafficColumn['type'], (value: unknown) => string>> = {
  text: (value) => cutText(withoutNul(String(value))),
  number: String,
  time: (value) => new Date(Number(value)).toISOString(),
  process: (value) => String(value).slice('dp_'.length),
};

/** What an entry of an index has room for, beside the others: a third of a page is 2,704 bytes. */
const MAX_TEXT_BYTES = 2_000;

/** Names may have a thousand characters of up to four bytes, and nobody's name may keep others out of the log. */
function cutText(text: string): string {
  if (text.length * 3 <= MAX_TEXT_BYTES || Buffer.byteLength(text) <= MAX_TEXT_BYTES) return text;
  return new TextDecoder().decode(Buffer.from(text).subarray(0, MAX_TEXT_BYTES), { stream: true });
}

/** PostgreSQL has no NUL in texts (JSON has). */
export function withoutNul(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text;
}
