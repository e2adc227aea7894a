import { Field, GraphQLISODateTime, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { ApiKeyKind } from '../../contract/snapshot.ts';
import { NodeType } from '../api/node.ts';
import { makeConnectionType } from '../api/page.ts';
import type { ApiKeyScope } from '../authorization/index.ts';
import type { ApiKey } from './api-key.entity.ts';

/** The values of {@link ApiKeyKind}, for GraphQL. */
export const ApiKeyKindEnum: Readonly<Record<ApiKeyKind, ApiKeyKind>> = { SERVICE: 'SERVICE', USER: 'USER' };

/** The values of {@link ApiKeyScope}, for GraphQL. */
export const ApiKeyScopeEnum: Readonly<Record<ApiKeyScope, ApiKeyScope>> = { MCP: 'MCP', API_READ: 'API_READ', API_WRITE: 'API_WRITE' };

registerEnumType(ApiKeyKindEnum, {
  name: 'ApiKeyKind',
  description: 'For whom a key stands.',
  valuesConfig: {
    SERVICE: { description: 'For a workspace. There is no person behind it, so servers with granularity USER refuse it.' },
    USER: { description: 'For a person.' },
  },
});

registerEnumType(ApiKeyScopeEnum, {
  name: 'ApiKeyScope',
  description: 'What a key may be used for.',
  valuesConfig: {
    MCP: { description: 'Calling the MCP servers of its workspace.' },
    API_READ: { description: 'Queries of this API.' },
    API_WRITE: { description: 'Queries and mutations of this API.' },
  },
});

@ObjectType('ApiKey', {
  implements: NodeType,
  description: 'A key by which a program calls MCP servers or this API. The key itself is shown once, when it is created.',
})
export class ApiKeyType extends NodeType {
  @Field(() => ID, { description: 'Opaque, with the prefix key_. Never changes.' })
  declare id: string;

  organizationId!: string;
  workspaceId!: string | null;
  userId!: string | null;

  @Field(() => ApiKeyKindEnum, { description: 'For whom it stands. Never changes.' })
  kind!: ApiKeyKind;

  @Field(() => String, { description: 'What people call it, 1 to 120 characters.' })
  name!: string;

  @Field(() => String, { description: 'How the key begins, to recognize it by.' })
  prefix!: string;

  @Field(() => [ApiKeyScopeEnum], { description: 'What it may be used for. Never changes; at most three.' })
  scopes!: readonly ApiKeyScope[];

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'From then on it is refused; null: it does not expire.' })
  expiresAt!: Date | null;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'When it was revoked; null while it works.' })
  revokedAt!: Date | null;

  @Field(() => GraphQLISODateTime, { description: 'When it was created.' })
  createdAt!: Date;

  @Field(() => GraphQLISODateTime, { description: 'When it was last changed.' })
  updatedAt!: Date;

  @Field(() => Int, { description: 'Counts its changes; pass it as `expectedVersion`.' })
  version!: number;
}

export const ApiKeyConnection = makeConnectionType('ApiKey', () => ApiKeyType);

export function toApiKeyType(row: ApiKey): ApiKeyType {
  const { id, organizationId, kind, name, scopes, createdAt, updatedAt, version } = row;
  const dates = { expiresAt: row.expiresAt ?? null, revokedAt: row.revokedAt ?? null, createdAt, updatedAt };
  return {
    id,
    organizationId,
    workspaceId: row.workspaceId ?? null,
    userId: row.userId ?? null,
    kind,
    name,
    prefix: `slc_${row.lookup}`,
    scopes,
    ...dates,
    version,
  };
}
