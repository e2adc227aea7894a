import { Arg, Args, Ctx, ID, Query, Resolver } from 'type-graphql';
import { PerformsAction } from '../api/action.ts';
import type { ApiContext } from '../api/context.ts';
import { PageArgs, type Page } from '../api/page.ts';
import { AuditEventFilter } from './audit-event.input.ts';
import { AuditEventConnection, AuditEventType } from './audit-event.type.ts';
import { listAuditEvents, readAuditEvent } from './audit-queries.ts';

@Resolver(() => AuditEventType)
export class AuditEventResolver {
  @PerformsAction('audit_event.read')
  @Query(() => AuditEventType, { nullable: true, description: 'An audit event by id; null where there is none that the caller sees.' })
  auditEvent(
    @Arg('id', () => ID, { description: 'The id that the event has.' }) id: string,
    @Ctx() context: ApiContext,
  ): Promise<AuditEventType | null> {
    return readAuditEvent(id, context);
  }

  @PerformsAction('audit_event.read')
  @Query(() => AuditEventConnection, {
    description:
      'Who changed what in an organization, newest first. For owners, administrators and auditors of the organization; empty for whoever does not see it. Events are kept for 400 days, or as many as the operator sets.',
  })
  auditEvents(
    @Arg('organizationId', () => ID, {
      nullable: true,
      description: 'The organization; null: what belongs to none, for the instance administrator.',
    })
    organizationId: string | null | undefined,
    @Arg('filter', () => AuditEventFilter, { nullable: true, description: 'Which events; absent: all of them.' })
    filter: AuditEventFilter | null | undefined,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: ApiContext,
  ): Promise<Page<AuditEventType>> {
    return listAuditEvents(organizationId ?? null, filter ?? {}, args, context);
  }
}
