import type { AuditEventsQuery } from '../../generated/graphql.ts';
import { texts } from '../../texts/audit.ts';

/** What is read of an event. */
export type AuditEvent = AuditEventsQuery['auditEvents']['nodes'][number];

/** Who it was, as people know them. */
export function describeActor({ kind, name }: AuditEvent['actor']): string {
  return name ?? texts.actors[kind];
}
