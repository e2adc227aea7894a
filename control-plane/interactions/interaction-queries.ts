import type { EntityManager } from '@mikro-orm/postgresql';
import { AccessError } from '../api/access-error.ts';
import type { ApiContext } from '../api/context.ts';
import { checkPageSize, type Page, type PageArgs } from '../api/page.ts';
import { decide, type Access } from '../authorization/index.ts';
import { noteAction, noteChange } from '../database/change-notes.ts';
import type { TrafficRow } from '../traffic/index.ts';
import { joinAlternatives, joinConditions, toFilterConditions, toScopes, type Condition } from './interaction-conditions.ts';
import type { InteractionFilter } from './interaction-filter.input.ts';
import { parseInteractionId, type InteractionPosition } from './interaction-id.ts';
import { toInteractionType, type InteractionCountType, type InteractionPayloadType, type InteractionType } from './interaction.type.ts';

/** From there on, a count is an estimate. */
const MAX_COUNTED = 10_000;
/** A question that looks at too much is given up. */
const TIMEOUT_MS = 10_000;

const DAY_MS = 86_400_000;
/** How many days are looked through at a time, after the present one; what is older than all of these, at the end. */
const DAYS_AT_ONCE = [1, 7, 21];

/** What is asked for: of whom, and which of it. */
export interface InteractionQuestion {
  readonly scopes: readonly Condition[];
  readonly filter: readonly Condition[];
}

/** @throws {AccessError} where the key lacks the scope; BAD_REQUEST for a filter that is none. */
export function toQuestion(
  access: Access,
  organizationId: string | null,
  filter: InteractionFilter | null | undefined,
): InteractionQuestion {
  return { scopes: toScopes(access, organizationId), filter: toFilterConditions(filter ?? {}) };
}

/** Newest first. */
export async function listInteractions(question: InteractionQuestion, args: PageArgs, { em }: ApiContext): Promise<Page<InteractionType>> {
  const first = checkPageSize(args.first);
  const after = args.after == null ? undefined : parseInteractionId(args.after);
  if (args.after != null && after === undefined) throw new AccessError('BAD_REQUEST', 'after is not a cursor of this list');
  const found = await runBounded(em, (inner) => readNewest(inner, question, first + 1, after));
  const nodes = found.slice(0, first);
  return {
    edges: nodes.map((node) => ({ cursor: node.id, node })),
    nodes,
    pageInfo: { hasNextPage: found.length > first, endCursor: nodes.at(-1)?.id ?? null },
  };
}

/** The newest interactions, before a position. Each scope has an index of its own; what is in several of them is one. */
export async function readNewest(
  em: EntityManager,
  { scopes, filter }: InteractionQuestion,
  limit: number,
  after?: InteractionPosition,
): Promise<InteractionType[]> {
  const found = new Map<string, InteractionType>();
  for (const scope of scopes) {
    const where = [scope, ...filter, ...(after === undefined ? [] : [toKeyset(after)])];
    for (const row of await readScope(em, where, limit, after?.occurredAt ?? new Date())) found.set(row.id, row);
  }
  // Ids begin with the time and have one length, so their order is that of the log.
  return [...found.values()].sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, limit);
}

/**
 * Looks through the newest days first, then through more of them, until the page is full. Planning takes longer than reading and grows
 * faster than the number of days, each of which is a table with twenty indexes; most pages are found within the first two.
 */
async function readScope(em: EntityManager, where: readonly Condition[], limit: number, newest: Date): Promise<InteractionType[]> {
  const found: InteractionType[] = [];
  let before: Date | undefined;
  for (const days of [...DAYS_AT_ONCE, undefined]) {
    const from = days === undefined ? undefined : new Date(Math.floor((before ?? newest).getTime() / DAY_MS) * DAY_MS - days * DAY_MS);
    const { sql, values } = joinConditions([...where, ...toDays(from, before)]);
    const text = `SELECT * FROM traffic_events WHERE ${sql} ORDER BY occurred_at DESC, id DESC LIMIT ?`;
    const rows = await em.execute<TrafficRow[]>(text, [...values, limit - found.length]);
    found.push(...rows.map(toInteractionType));
    if (found.length >= limit) break;
    before = from;
  }
  return found;
}

function toDays(from: Date | undefined, before: Date | undefined): Condition[] {
  return [
    ...(from === undefined ? [] : [{ sql: 'occurred_at >= ?', values: [from] }]),
    ...(before === undefined ? [] : [{ sql: 'occurred_at < ?', values: [before] }]),
  ];
}

/** The first condition follows from the second one; it is what an index understands. */
function toKeyset({ occurredAt, eventId }: InteractionPosition): Condition {
  return { sql: 'occurred_at <= ? AND (occurred_at, id) < (?, ?::uuid)', values: [occurredAt, occurredAt, eventId] };
}

/** An interaction that the caller may see, or null. */
export async function readInteraction(id: string, { em, access }: ApiContext): Promise<InteractionType | null> {
  const position = parseInteractionId(id);
  if (position === undefined) return null;
  const [row] = await em.execute<TrafficRow[]>('SELECT * FROM traffic_events WHERE occurred_at = ? AND id = ?::uuid', [
    position.occurredAt,
    position.eventId,
  ]);
  const interaction = row === undefined ? undefined : toInteractionType(row);
  return interaction !== undefined && isVisible(access, interaction) ? interaction : null;
}

/** What was captured of an interaction, for auditors. That somebody reads it is an audit event of its own, stored before they see it. */
export async function readInteractionPayload(id: string, context: ApiContext): Promise<InteractionPayloadType | null> {
  const interaction = await readInteraction(id, context);
  const organizationId = interaction?.organizationId;
  if (interaction === null || organizationId == null) return null;
  const decision = decide(context.access, 'interaction_payload.read', { organizationId });
  if (decision === 'forbidden') throw new AccessError('FORBIDDEN', 'Captured payloads are read by auditors of the organization alone.');
  if (decision === 'hidden') return null;
  const { occurredAt, eventId } = parseInteractionId(id)!;
  return context.em.fork().transactional(async (em) => {
    const [row] = await em.execute<PayloadRow[]>('SELECT * FROM traffic_payloads WHERE occurred_at = ? AND event_id = ?::uuid', [
      occurredAt,
      eventId,
    ]);
    if (row === undefined) return null;
    noteAction(em, 'interactionPayloadRead', { organizationId });
    noteChange(em, { kind: 'Interaction', id, after: { workspaceId: interaction.workspaceId }, isUse: true });
    return {
      arguments: row.arguments,
      result: row.result,
      isArgumentsTruncated: row.arguments_truncated,
      isResultTruncated: row.result_truncated,
      redactionCount: row.redactions,
    };
  });
}

interface PayloadRow {
  readonly arguments: string | null;
  readonly result: string | null;
  readonly arguments_truncated: boolean;
  readonly result_truncated: boolean;
  readonly redactions: number;
}

/** How many there are: counted while they are few, else what PostgreSQL expects. */
export function countInteractions({ scopes, filter }: InteractionQuestion, { em }: ApiContext): Promise<InteractionCountType> {
  if (scopes.length === 0) return Promise.resolve({ count: 0, isExact: true });
  const ofScopes = joinAlternatives(scopes);
  const where = joinConditions([ofScopes, ...filter]);
  return runBounded(em, async (inner) => {
    const counted = await inner.execute<{ count: string }[]>(
      `SELECT count(*) FROM (SELECT FROM traffic_events WHERE ${where.sql} LIMIT ${MAX_COUNTED}) AS found`,
      [...where.values],
    );
    const count = Number(counted[0]!.count);
    if (count < MAX_COUNTED) return { count, isExact: true };
    const [plan] = await inner.execute<{ 'QUERY PLAN': readonly [{ readonly Plan: { readonly 'Plan Rows': number } }] }[]>(
      `EXPLAIN (FORMAT JSON) SELECT FROM traffic_events WHERE ${where.sql}`,
      [...where.values],
    );
    return { count: Math.max(count, plan!['QUERY PLAN'][0].Plan['Plan Rows']), isExact: false };
  });
}

/** Interactions of a page of an export: enough to be quick, few enough to be held. */
const EXPORT_PAGE = 1_000;

/** All of them, newest first, a page at a time; the next one is read when it is asked for. */
export async function* streamInteractions(em: EntityManager, question: InteractionQuestion): AsyncGenerator<readonly InteractionType[]> {
  for (let after: InteractionPosition | undefined; ;) {
    const position = after;
    const page = await runBounded(em, (inner) => readNewest(inner, question, EXPORT_PAGE, position));
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < EXPORT_PAGE) return;
    after = parseInteractionId(last.id);
  }
}

/** That the log leaves as a file is an audit event. */
export function recordExport(em: EntityManager, organizationId: string | null): Promise<void> {
  return em.fork().transactional((inner) => {
    noteAction(inner, 'interactionExport', { organizationId });
    noteChange(inner, { kind: 'Organization', id: organizationId ?? 'none', after: {}, isUse: true });
    return Promise.resolve();
  });
}

/** Runs a question within its time. Compiling a plan takes longer than any of them should. */
export async function runBounded<Value>(em: EntityManager, ask: (em: EntityManager) => Promise<Value>): Promise<Value> {
  try {
    return await em.fork().transactional(async (inner) => {
      await inner.execute(`SELECT set_config('statement_timeout', '${TIMEOUT_MS}', true), set_config('jit', 'off', true)`);
      return ask(inner);
    });
  } catch (cause) {
    if (isTimeout(cause))
      throw new AccessError('BAD_REQUEST', 'This looks at too much of the log. Ask for less time, or for a server, a person or a key.');
    throw cause;
  }
}

/** PostgreSQL's `query_canceled`. */
function isTimeout(cause: unknown): boolean {
  return typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === '57014';
}

function isVisible(access: Access, { organizationId, workspaceId, userId }: InteractionType): boolean {
  if (organizationId === null) return access.actor.kind === 'instance_admin';
  if (decide(access, 'audit_event.read', { organizationId }) === 'allowed') return true;
  const { actor, workspaceSeats } = access;
  if (workspaceId !== null && workspaceSeats.get(workspaceId)?.role === 'MANAGER') return true;
  return actor.kind === 'user' && actor.userId === userId && (actor.workspaceId === null || actor.workspaceId === workspaceId);
}
