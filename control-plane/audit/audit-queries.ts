import type { FilterQuery } from '@mikro-orm/postgresql';
import { AccessError } from '../api/access-error.ts';
import type { ApiContext } from '../api/context.ts';
import { checkPageSize, parseCursor, toPage, type Page, type PageArgs } from '../api/page.ts';
import { authorize, decide } from '../authorization/index.ts';
import { AuditEventEntity, type AuditEventRow } from './audit-event.entity.ts';
import type { AuditEventFilter } from './audit-event.input.ts';
import { toAuditEventType, type AuditEventType } from './audit-event.type.ts';

const MAX_ACTIONS = 50;

/** An event that the caller may see, or null. */
export async function readAuditEvent(id: string, { em, access }: ApiContext): Promise<AuditEventType | null> {
  const row = await em.findOne(AuditEventEntity, id);
  if (row === null || decide(access, 'audit_event.read', toResource(row.organizationId ?? null)) !== 'allowed') return null;
  return toAuditEventType(row);
}

/**
 * Newest first.
 * @throws {AccessError} where the caller sees the organization, but not this; BAD_REQUEST for a filter or a page that is none.
 */
export async function listAuditEvents(
  organizationId: string | null,
  filter: AuditEventFilter,
  args: PageArgs,
  { em, access }: ApiContext,
): Promise<Page<AuditEventType>> {
  const first = checkPageSize(args.first);
  const after = args.after == null ? undefined : parseCursor(args.after);
  if ((filter.actions?.length ?? 0) > MAX_ACTIONS) throw new AccessError('BAD_REQUEST', `A filter has at most ${MAX_ACTIONS} actions.`);
  if (!authorize(access, 'audit_event.read', toResource(organizationId)))
    return toPage<AuditEventRow, AuditEventType>([], first, toAuditEventType);
  const conditions: FilterQuery<AuditEventRow>[] = [{ organizationId }, ...toConditions(filter)];
  if (after !== undefined)
    conditions.push({ $or: [{ createdAt: { $lt: after.createdAt } }, { createdAt: after.createdAt, id: { $lt: after.id } }] });
  const rows = await em.find(AuditEventEntity, { $and: conditions }, { orderBy: { createdAt: 'desc', id: 'desc' }, limit: first + 1 });
  return toPage(rows, first, toAuditEventType);
}

function toConditions(filter: AuditEventFilter): FilterQuery<AuditEventRow>[] {
  const { since, until, actions, resourceId } = filter;
  const equal = (['actorKind', 'actorId', 'credentialId', 'address', 'resourceKind', 'workspaceId'] as const).filter(
    (name) => filter[name] != null,
  );
  return [
    ...equal.map((name) => ({ [name]: filter[name] })),
    ...(since == null ? [] : [{ createdAt: { $gte: since } }]),
    ...(until == null ? [] : [{ createdAt: { $lt: until } }]),
    ...(actions == null ? [] : [{ action: { $in: actions } }]),
    ...(resourceId == null ? [] : [{ resourceIds: { $contains: [resourceId] } }]),
  ];
}

/** What belongs to no organization is for the instance administrator; to all others it is like an organization that does not exist. */
function toResource(organizationId: string | null): { organizationId: string } {
  return { organizationId: organizationId ?? '' };
}
