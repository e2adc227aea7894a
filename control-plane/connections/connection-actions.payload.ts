import { Field, ID, ObjectType } from 'type-graphql';
import { MutationPayload } from '../api/payload.ts';
import { ConnectionType } from './connection.type.ts';

@ObjectType({ description: 'The outcome of connectionAuthorize.' })
export class ConnectionAuthorizePayload extends MutationPayload {
  @Field(() => String, {
    nullable: true,
    description:
      "Where the person's browser has to go: the consent page of the upstream. Good once and for ten minutes, in a browser that the same person is signed in with. Null where nothing was started.",
  })
  authorizationUrl?: string | null;
}

@ObjectType({ description: 'The outcome of connectionReconnect.' })
export class ConnectionReconnectPayload extends MutationPayload {
  @Field(() => ConnectionType, { nullable: true, description: 'The connection; null where nothing was done.' })
  connection?: ConnectionType | null;

  @Field(() => String, {
    nullable: true,
    description: 'Where a person has to give consent again, as of `connectionAuthorize`; null where none is needed.',
  })
  authorizationUrl?: string | null;
}

@ObjectType({ description: 'The outcome of connectionTest.' })
export class ConnectionTestPayload extends MutationPayload {
  @Field(() => ConnectionType, { nullable: true, description: 'The connection; null where nothing was tried.' })
  connection?: ConnectionType | null;

  @Field(() => Boolean, { description: 'Whether the upstream took the credential.' })
  isAccepted!: boolean;

  @Field(() => String, { nullable: true, description: 'What came of it, in words; null where nothing was tried.' })
  message?: string | null;
}

@ObjectType({ description: 'The outcome of connectionRevoke.' })
export class ConnectionRevokePayload extends MutationPayload {
  @Field(() => ID, { nullable: true, description: 'The id of the connection that is gone; null where nothing was changed.' })
  deletedId?: string | null;

  @Field(() => Boolean, {
    description: 'Whether the authorization server of the upstream took the tokens back; false where it offers no way or did not answer.',
  })
  isRevokedUpstream!: boolean;
}
