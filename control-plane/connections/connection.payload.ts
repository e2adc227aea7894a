import { Field, ID, ObjectType } from 'type-graphql';
import { MutationPayload } from '../api/payload.ts';
import { ConnectionType } from './connection.type.ts';

@ObjectType({ description: 'The outcome of connectionCreate.' })
export class ConnectionCreatePayload extends MutationPayload {
  @Field(() => ConnectionType, { nullable: true, description: 'The stored credential; null where nothing was changed.' })
  connection?: ConnectionType | null;
}

@ObjectType({ description: 'The outcome of connectionUpdate.' })
export class ConnectionUpdatePayload extends MutationPayload {
  @Field(() => ConnectionType, { nullable: true, description: 'The changed credential; null where nothing was changed.' })
  connection?: ConnectionType | null;
}

@ObjectType({ description: 'The outcome of connectionDelete.' })
export class ConnectionDeletePayload extends MutationPayload {
  @Field(() => ID, { nullable: true, description: 'The id of the credential that is gone; null where nothing was changed.' })
  deletedId?: string | null;
}
