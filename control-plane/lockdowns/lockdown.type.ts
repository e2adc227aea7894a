import { Field, GraphQLISODateTime, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { NodeType } from '../api/node.ts';
import { makeConnectionType } from '../api/page.ts';
import { toSubjectId, type Lockdown } from './lockdown.entity.ts';

/** What can be stopped. */
export type LockdownKind = 'MCP_SERVER' | 'WORKSPACE' | 'USER' | 'API_KEY';

const LockdownKindEnum: Readonly<Record<LockdownKind, LockdownKind>> = {
  MCP_SERVER: 'MCP_SERVER',
  WORKSPACE: 'WORKSPACE',
  USER: 'USER',
  API_KEY: 'API_KEY',
};

registerEnumType(LockdownKindEnum, {
  name: 'LockdownKind',
  description: 'What is under lockdown.',
  valuesConfig: {
    MCP_SERVER: { description: 'A server: nobody reaches it, in whatever workspace.' },
    WORKSPACE: { description: 'A workspace: none of its servers is reached through it, and its keys open nothing.' },
    USER: { description: 'A person: none of their keys, tokens and sign-ins opens anything, of the gateway or of this API.' },
    API_KEY: { description: 'A key: it opens nothing, of the gateway or of this API.' },
  },
});

@ObjectType('Lockdown', {
  implements: NodeType,
  description:
    'A server, workspace, person or key that is stopped everywhere until the lockdown is deleted. Everything it had stays as it was.',
})
export class LockdownType extends NodeType {
  @Field(() => ID, { description: 'Opaque, with the prefix lock_. Never changes.' })
  declare id: string;

  organizationId!: string;
  createdById!: string | null;

  @Field(() => LockdownKindEnum, { description: 'What is under lockdown. Never changes.' })
  kind!: LockdownKind;

  @Field(() => ID, { description: 'The id of the server, workspace, person or key; read it with `node`. Never changes.' })
  subjectId!: string;

  @Field(() => String, { nullable: true, description: 'Why, for people; null where nobody said.' })
  reason!: string | null;

  @Field(() => GraphQLISODateTime, { description: 'When it began.' })
  createdAt!: Date;

  @Field(() => GraphQLISODateTime, { description: 'When it was last changed.' })
  updatedAt!: Date;

  @Field(() => Int, { description: 'Counts its changes; pass it as `expectedVersion`.' })
  version!: number;
}

export const LockdownConnection = makeConnectionType('Lockdown', () => LockdownType);

export function toLockdownType(row: Lockdown): LockdownType {
  const { id, organizationId, createdAt, updatedAt, version } = row;
  return {
    id,
    organizationId,
    createdById: row.createdBy ?? null,
    kind: toKind(row),
    subjectId: toSubjectId(row),
    reason: row.reason ?? null,
    createdAt,
    updatedAt,
    version,
  };
}

function toKind({ mcpServerId, workspaceId, userId }: Lockdown): LockdownKind {
  if (mcpServerId != null) return 'MCP_SERVER';
  if (workspaceId != null) return 'WORKSPACE';
  return userId == null ? 'API_KEY' : 'USER';
}
