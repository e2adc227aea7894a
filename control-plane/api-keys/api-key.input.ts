import { Field, GraphQLISODateTime, ID, InputType } from 'type-graphql';
import type { ApiKeyKind } from '../../contract/snapshot.ts';
import type { ApiKeyScope } from '../authorization/index.ts';
import { ApiKeyKindEnum, ApiKeyScopeEnum } from './api-key.type.ts';

@InputType({ description: 'A new API key.' })
export class ApiKeyCreateInput {
  @Field(() => ApiKeyKindEnum, { description: 'For whom it stands: a workspace (SERVICE) or a person (USER). Never changes.' })
  kind!: ApiKeyKind;

  @Field(() => ID, {
    nullable: true,
    description:
      'The workspace that the key is for. Required for SERVICE and for the scope MCP; without it a USER key is good for this API only. Never changes.',
  })
  workspaceId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'The person a USER key stands for; absent: the caller. Only the instance administrator makes keys for others. Never changes.',
  })
  userId?: string | null;

  @Field(() => String, { description: 'What people call it, 1 to 120 characters.' })
  name!: string;

  @Field(() => [ApiKeyScopeEnum], {
    description:
      'What it may be used for, at least one. A person cannot give a key of theirs more than the key they call with has. Never changes.',
  })
  scopes!: ApiKeyScope[];

  @Field(() => GraphQLISODateTime, {
    nullable: true,
    description: 'From then on it is refused; in the future. Absent or null: it does not expire.',
  })
  expiresAt?: Date | null;
}

@InputType({ description: 'Changes of an API key. What is absent stays.' })
export class ApiKeyUpdateInput {
  @Field(() => String, { nullable: true, description: 'What people call it, 1 to 120 characters. Cannot be null.' })
  name?: string | null;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'From then on it is refused. Null: it does not expire.' })
  expiresAt?: Date | null;
}
