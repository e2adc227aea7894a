import { Field, ID, ObjectType } from 'type-graphql';
import { MutationPayload } from '../api/payload.ts';
import { AccessRuleType } from './access-rule.type.ts';

@ObjectType({ description: 'The outcome of accessRuleCreate.' })
export class AccessRuleCreatePayload extends MutationPayload {
  @Field(() => AccessRuleType, { nullable: true, description: 'The new rule; null where nothing was changed.' })
  accessRule?: AccessRuleType | null;
}

@ObjectType({ description: 'The outcome of accessRuleUpdate.' })
export class AccessRuleUpdatePayload extends MutationPayload {
  @Field(() => AccessRuleType, { nullable: true, description: 'The changed rule; null where nothing was changed.' })
  accessRule?: AccessRuleType | null;
}

@ObjectType({ description: 'The outcome of accessRuleDelete.' })
export class AccessRuleDeletePayload extends MutationPayload {
  @Field(() => ID, { nullable: true, description: 'The id of the rule that is gone; null where nothing was changed.' })
  deletedId?: string | null;
}
