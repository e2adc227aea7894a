import { Field, GraphQLISODateTime, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { NodeType } from '../api/node.ts';
import { makeConnectionType } from '../api/page.ts';
import type { ChangeActorKind, ChangeCredentialKind } from '../database/change-origin.ts';
import type { AuditEventRow } from './audit-event.entity.ts';
import { MAX_CHANGES } from './audit-recorder.ts';
import { MASK, MAX_FIELDS, MAX_VALUE_LENGTH, type ChangeKind, type DescribedChange, type FieldChange } from './describe-change.ts';

/** The values of {@link ChangeActorKind}, for GraphQL. */
export const AuditActorKindEnum: Readonly<Record<ChangeActorKind, ChangeActorKind>> = {
  INSTANCE_ADMIN: 'INSTANCE_ADMIN',
  USER: 'USER',
  SERVICE_KEY: 'SERVICE_KEY',
  ANONYMOUS: 'ANONYMOUS',
  SYSTEM: 'SYSTEM',
};

/** The values of {@link ChangeCredentialKind}, for GraphQL. */
export const AuditCredentialKindEnum: Readonly<Record<ChangeCredentialKind, ChangeCredentialKind>> = {
  BOOTSTRAP_KEY: 'BOOTSTRAP_KEY',
  API_KEY: 'API_KEY',
  BROWSER_SESSION: 'BROWSER_SESSION',
  NONE: 'NONE',
};

/** The values of {@link ChangeKind}, for GraphQL. */
export const AuditChangeKindEnum: Readonly<Record<ChangeKind, ChangeKind>> = {
  CREATED: 'CREATED',
  UPDATED: 'UPDATED',
  DELETED: 'DELETED',
  USED: 'USED',
};

registerEnumType(AuditActorKindEnum, {
  name: 'AuditActorKind',
  description: 'Who did something.',
  valuesConfig: {
    INSTANCE_ADMIN: { description: 'The holder of the bootstrap key.' },
    USER: { description: 'A person.' },
    SERVICE_KEY: { description: 'A program with the service key of a workspace.' },
    ANONYMOUS: { description: 'Somebody who did not prove who they are: whoever failed to sign in.' },
    SYSTEM: { description: 'The control plane by itself, such as where a token was refused.' },
  },
});

registerEnumType(AuditCredentialKindEnum, {
  name: 'AuditCredentialKind',
  description: 'With what somebody proved who they are.',
  valuesConfig: {
    BOOTSTRAP_KEY: { description: 'The key in the configuration of the control plane.' },
    API_KEY: { description: 'An API key.' },
    BROWSER_SESSION: { description: 'The session of a browser in which the person signed in.' },
    NONE: { description: 'None was needed, or none was right.' },
  },
});

registerEnumType(AuditChangeKindEnum, {
  name: 'AuditChangeKind',
  description: 'What happened to a resource.',
  valuesConfig: {
    CREATED: { description: 'It was made.' },
    UPDATED: { description: 'Values of it were changed.' },
    DELETED: { description: 'It was deleted, or revoked for good.' },
    USED: { description: 'Something was done with it that changed nothing of it: a sign-in, a captured payload that was read.' },
  },
});

@ObjectType('AuditActor', { description: 'Who did something.' })
export class AuditActorType {
  @Field(() => AuditActorKindEnum, { description: 'What kind of actor it is.' })
  kind!: ChangeActorKind;

  @Field(() => ID, { nullable: true, description: 'Of the user, or of the service key; null for the others. They may be gone by now.' })
  id!: string | null;

  @Field(() => String, { nullable: true, description: 'The e-mail address or the name of the key at that time; null for the others.' })
  name!: string | null;
}

@ObjectType('AuditCredential', { description: 'With what the actor proved who they are.' })
export class AuditCredentialType {
  @Field(() => AuditCredentialKindEnum, { description: 'What kind of credential it was.' })
  kind!: ChangeCredentialKind;

  @Field(() => ID, { nullable: true, description: 'Of the API key or the browser session; null for the others. Knowing it opens nothing.' })
  id!: string | null;
}

@ObjectType('AuditResource', { description: 'What was changed. It may be gone by now.' })
export class AuditResourceType {
  @Field(() => String, { description: 'The name of its type in this API, such as McpServer. Types may be added.' })
  kind!: string;

  @Field(() => ID, { description: 'The id that it has, or had.' })
  id!: string;

  @Field(() => String, { nullable: true, description: 'What people called it at that time; null for what has no name.' })
  name!: string | null;
}

@ObjectType('AuditFieldChange', { description: 'A value before and after a change.' })
export class AuditFieldChangeType {
  @Field(() => String, { description: 'What the value is called in the API, in most cases.' })
  name!: string;

  @Field(() => String, {
    nullable: true,
    description: `As text, lists and objects as JSON, cut off after ${MAX_VALUE_LENGTH} characters. Null where there was none. ${MASK} stands for a secret.`,
  })
  before!: string | null;

  @Field(() => String, { nullable: true, description: 'The same, after the change; null where there is none.' })
  after!: string | null;

  @Field(() => Boolean, { description: 'Whether the value is a secret, which is shown to nobody.' })
  isMasked!: boolean;
}

@ObjectType('AuditChange', { description: 'What happened to one resource.' })
export class AuditChangeType {
  @Field(() => AuditResourceType, { description: 'The resource itself.' })
  resource!: AuditResourceType;

  @Field(() => AuditChangeKindEnum, { description: 'What happened to it.' })
  kind!: ChangeKind;

  @Field(() => [AuditFieldChangeType], { description: `Its values that changed, at most ${MAX_FIELDS}.` })
  fields!: readonly FieldChange[];
}

@ObjectType('AuditEvent', {
  implements: NodeType,
  description: 'Something that was done in the control plane: a change, a sign-in, a failed sign-in, a captured payload that was read.',
})
export class AuditEventType extends NodeType {
  @Field(() => ID, { description: 'Opaque, with the prefix aud_. Never changes.' })
  declare id: string;

  @Field(() => GraphQLISODateTime, { description: 'When it was committed, to the millisecond.' })
  createdAt!: Date;

  @Field(() => String, {
    description: 'The mutation by which it was done, or one of the actions of docs/reference/audit.md. Actions may be added.',
  })
  action!: string;

  @Field(() => AuditActorType, { description: 'Who did it.' })
  actor!: AuditActorType;

  @Field(() => AuditCredentialType, { description: 'With what they proved who they are.' })
  credential!: AuditCredentialType;

  @Field(() => String, {
    nullable: true,
    description: 'From which address; null for what the control plane did by itself. Behind proxies: see SLUICE_TRUSTED_PROXIES.',
  })
  address!: string | null;

  @Field(() => AuditResourceType, { description: 'What it is mainly about.' })
  resource!: AuditResourceType;

  @Field(() => ID, { nullable: true, description: 'The workspace that the resource belongs to; null where it belongs to none.' })
  workspaceId!: string | null;

  @Field(() => [AuditChangeType], { description: `What was changed together, at most ${MAX_CHANGES} resources.` })
  changes!: readonly AuditChangeType[];

  @Field(() => Int, { description: 'How many resources were changed, those included that are not listed.' })
  changeCount!: number;

  @Field(() => Int, {
    nullable: true,
    description: 'The snapshot revision that carries the change to the gateways; null where nothing that they know has changed.',
  })
  snapshotRevision!: number | null;
}

export const AuditEventConnection = makeConnectionType('AuditEvent', () => AuditEventType, 'newest first');

export function toAuditEventType(row: AuditEventRow): AuditEventType {
  const { id, createdAt, action, changeCount } = row;
  return {
    id,
    createdAt,
    action,
    actor: { kind: row.actorKind, id: row.actorId ?? null, name: row.actorName ?? null },
    credential: { kind: row.credentialKind, id: row.credentialId ?? null },
    address: row.address ?? null,
    resource: { kind: row.resourceKind, id: row.resourceId, name: row.resourceName ?? null },
    workspaceId: row.workspaceId ?? null,
    changes: row.changes.map(toChangeType),
    changeCount,
    snapshotRevision: row.snapshotRevision ?? null,
  };
}

function toChangeType({ kind, id, name, change, fields }: DescribedChange): AuditChangeType {
  return { resource: { kind, id, name }, kind: change, fields };
}
