import { AccessError } from '../api/access-error.ts';
import type { Access } from '../authorization/index.ts';
import { authorize, decide } from '../authorization/index.ts';
import type { InteractionFilter } from './interaction-filter.input.ts';

/** A condition of SQL and the values of its `?`. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly unknown[];
  /** The columns that it compares with texts; undefined where it does anything else. */
  readonly columns?: readonly string[];
}

const EQUAL = {
  workspaceId: 'workspace_id', mcpServerId: 'server_id', accessGrantId: 'grant_id', callerKind: 'caller_kind', userId: 'user_id',
  apiKeyId: 'key_id', clientId: 'client_id', trustedIssuerId: 'issuer_id', clientName: 'client_name', clientVersion: 'client_version',
  era: 'era', protocolRevision: 'protocol_revision', sessionId: 'session_id', httpMethod: 'http_method', method: 'method',
  capabilityKind: 'capability_kind', capabilityName: 'capability_name', status: 'status', decision: 'decision', decidedBy: 'decided_by',
  accessRuleId: 'rule_id', ruleLevel: 'rule_level', rateLimitId: 'limit_id', snapshotRevision: 'snapshot_revision', reason: 'reason',
  errorCode: 'error_code', errorReason: 'error_reason', connectionId: 'connection_id', traceId: 'trace_id', spanId: 'span_id',
  hasPayload: 'has_payload',
} as const satisfies Partial<Record<keyof InteractionFilter, string>>; // prettier-ignore

const AT_LEAST = {
  minTotalMs: 'total_ms',
  minUpstreamMs: 'upstream_ms',
  minRequestBytes: 'request_bytes',
  minResponseBytes: 'response_bytes',
} as const satisfies Partial<Record<keyof InteractionFilter, string>>;

/** Workspaces of one caller that are looked through. */
const MAX_WORKSPACES = 50;
const MAX_LIST = 10;
const GATEWAY_ID = /^dp_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
/** No such thing. */
const NOTHING: Condition = { sql: 'false', values: [] };

/** What a filter says. @throws {AccessError} BAD_REQUEST for lists that are too long. */
export function toFilterConditions(filter: InteractionFilter): Condition[] {
  const { since, until, kinds, outcomes, gatewayId } = filter;
  return [
    ...(since == null ? [] : [{ sql: 'occurred_at >= ?', values: [since] }]),
    ...(until == null ? [] : [{ sql: 'occurred_at < ?', values: [until] }]),
    ...toListCondition('kind', kinds),
    ...toListCondition('outcome', outcomes),
    ...(gatewayId == null ? [] : [toGatewayCondition(gatewayId)]),
    ...Object.entries(EQUAL).flatMap(([name, column]) => compare(filter[name as keyof typeof EQUAL], column, '=')),
    ...Object.entries(AT_LEAST).flatMap(([name, column]) => compare(filter[name as keyof typeof AT_LEAST], column, '>=')),
    ...implied(filter),
  ];
}

/** What belongs to no organization: the URL named no workspace, or events were lost that cannot be told apart. */
const NO_ORGANIZATION: Condition = { sql: 'organization_id IS NULL', values: [] };

/**
 * Which interactions of an organization a caller sees, or, of null, of none: those are for whoever holds the bootstrap key, and nothing is
 * found by all others. Each of the conditions is a set of its own, and they may overlap. Those who oversee
 * the organization see all of them, managers those of their workspaces, everybody their own.
 * @throws {AccessError} where the key lacks the scope.
 */
export function toScopes(access: Access, organizationId: string | null): Condition[] {
  if (organizationId === null) return authorize(access, 'interaction.read', { organizationId: '' }) ? [NO_ORGANIZATION] : [];
  if (!authorize(access, 'interaction.read', { organizationId })) return [];
  const inOrganization = equal('organization_id', organizationId);
  if (decide(access, 'audit_event.read', { organizationId }) === 'allowed') return [inOrganization];
  const { actor, workspaceSeats } = access;
  const managed = [...workspaceSeats].filter(([, seat]) => seat.role === 'MANAGER' && seat.organizationId === organizationId);
  const scopes: Condition[] = managed.slice(0, MAX_WORKSPACES).map(([id]) => joinConditions([inOrganization, equal('workspace_id', id)]));
  if (actor.kind !== 'user') return scopes;
  const own = joinConditions([inOrganization, equal('user_id', actor.userId)]);
  const confined = actor.workspaceId === null ? [] : [equal('workspace_id', actor.workspaceId)];
  return [...scopes, joinConditions([own, ...confined])];
}

export function joinConditions(conditions: readonly Condition[]): Condition {
  return {
    sql: conditions.map(({ sql }) => sql).join(' AND '),
    values: conditions.flatMap(({ values }) => values),
    columns: joinColumns(conditions),
  };
}

/** What holds for one of these at least. */
export function joinAlternatives(scopes: readonly Condition[]): Condition {
  const sql = `(${scopes.map((scope) => `(${scope.sql})`).join(' OR ')})`;
  return { sql, values: scopes.flatMap(({ values }) => values), columns: joinColumns(scopes) };
}

function joinColumns(conditions: readonly Condition[]): string[] | undefined {
  return conditions.every(({ columns }) => columns !== undefined) ? conditions.flatMap(({ columns }) => columns ?? []) : undefined;
}

function equal(column: string, value: string): Condition {
  return { sql: `${column} = ?`, values: [value], columns: [column] };
}

function compare(value: unknown, column: string, operator: '=' | '>='): Condition[] {
  if (value == null) return [];
  return [operator === '=' && typeof value === 'string' ? equal(column, value) : { sql: `${column} ${operator} ?`, values: [value] }];
}

function toListCondition(column: string, values: readonly string[] | null | undefined): Condition[] {
  if (values == null) return [];
  if (values.length > MAX_LIST) throw new AccessError('BAD_REQUEST', `A filter has at most ${MAX_LIST} values of one field.`);
  if (values.length === 0) return [NOTHING];
  const sql = values.length === 1 ? `${column} = ?` : `${column} IN (${values.map(() => '?').join(', ')})`;
  return [{ sql, values }];
}

function toGatewayCondition(id: string): Condition {
  const process = GATEWAY_ID.exec(id)?.[1];
  return process === undefined ? NOTHING : { sql: 'gateway_id = ?', values: [process] };
}

/** What a partial index wants to hear, said aloud: PostgreSQL does not conclude it from the value of a parameter. */
function implied({ kinds, outcomes, decision, status }: InteractionFilter): Condition[] {
  const aloud: string[] = [];
  if (kinds != null && !kinds.includes('REQUEST')) aloud.push(`kind <> 'REQUEST'`);
  if (outcomes != null && !outcomes.includes('COMPLETED')) aloud.push(`outcome <> 'COMPLETED'`);
  if (decision === 'DENIED') aloud.push(`decision = 'DENIED'`);
  if (status != null && status >= 400) aloud.push('status >= 400');
  return aloud.map((sql) => ({ sql, values: [] }));
}
