import { Field, ID, ObjectType } from 'type-graphql';
import { MutationPayload } from '../api/payload.ts';
import { UserType } from './user.type.ts';

@ObjectType({ description: 'The outcome of userCreate.' })
export class UserCreatePayload extends MutationPayload {
  @Field(() => UserType, { nullable: true, description: 'The new person; null where nothing was changed.' })
  user?: UserType | null;
}

@ObjectType({ description: 'The outcome of userUpdate.' })
export class UserUpdatePayload extends MutationPayload {
  @Field(() => UserType, { nullable: true, description: 'The changed person; null where nothing was changed.' })
  user?: UserType | null;
}

@ObjectType({ description: 'The outcome of userEnable.' })
export class UserEnablePayload extends MutationPayload {
  @Field(() => UserType, { nullable: true, description: 'The enabled person; null where nothing was changed.' })
  user?: UserType | null;
}

@ObjectType({ description: 'The outcome of userDisable.' })
export class UserDisablePayload extends MutationPayload {
  @Field(() => UserType, { nullable: true, description: 'The disabled person; null where nothing was changed.' })
  user?: UserType | null;
}

@ObjectType({ description: 'The outcome of userDelete.' })
export class UserDeletePayload extends MutationPayload {
  @Field(() => ID, { nullable: true, description: 'The id of the person who is gone; null where nothing was changed.' })
  deletedId?: string | null;
}
