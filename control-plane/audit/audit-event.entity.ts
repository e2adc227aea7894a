import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';
import type { ChangeActorKind, ChangeCredentialKind } from '../database/change-origin.ts';
import type { DescribedChange } from './describe-change.ts';

/** What somebody changed, in one transaction. Written by the recorder alone, and never changed. */
export const AuditEventEntity = defineEntity({
  name: 'AuditEvent',
  tableName: 'audit_events',
  readonly: true,
  properties: {
    id: p.string().primary(),
    createdAt: p.datetime(),
    /** Null: of no organization, such as the keys of the installation. */
    organizationId: p.string().nullable(),
    workspaceId: p.string().nullable(),
    action: p.string(),
    actorKind: p.string().$type<ChangeActorKind>(),
    actorId: p.string().nullable(),
    /** As it was then. */
    actorName: p.string().nullable(),
    credentialKind: p.string().$type<ChangeCredentialKind>(),
    credentialId: p.string().nullable(),
    address: p.string().nullable(),
    resourceKind: p.string(),
    resourceId: p.string(),
    resourceName: p.string().nullable(),
    /** Of everything that was changed. */
    resourceIds: p.array(),
    changes: p.json().$type<DescribedChange[]>(),
    changeCount: p.integer(),
    snapshotRevision: p.integer().nullable(),
  },
});

export type AuditEventRow = InferEntity<typeof AuditEventEntity>;
