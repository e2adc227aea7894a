import {
  Arg,
  Ctx,
  Field,
  FieldResolver,
  GraphQLISODateTime,
  ID,
  Int,
  Mutation,
  ObjectType,
  registerEnumType,
  Resolver,
  Root,
} from 'type-graphql';
import { PerformsAction } from '../api/action.ts';
import type { ApiContext } from '../api/context.ts';
import { toPayload } from '../api/payload.ts';
import { batchUsers, UserType } from '../identity/index.ts';
import type { ConnectionActions } from './connection-actions.ts';
import {
  ConnectionAuthorizePayload,
  ConnectionReconnectPayload,
  ConnectionRevokePayload,
  ConnectionTestPayload,
} from './connection-actions.payload.ts';
import type { ConnectionService } from './connection-service.ts';
import { batchConnectionTokens, ConnectionState, toConnectionReason, toConnectionState } from './connection-state.ts';
import { ConnectionType, toConnectionType } from './connection.type.ts';

registerEnumType(ConnectionState, {
  name: 'ConnectionState',
  description: 'How a connection is doing.',
  valuesConfig: {
    CONNECTED: { description: 'It can be used, and is renewed by itself where it has to be.' },
    EXPIRING: { description: 'It can be used, but renewing it fails at present or needs a person; `reason` says which.' },
    NEEDS_AUTHORIZATION: { description: 'It cannot be used until whoever may connect the subject does so again.' },
    ERROR: { description: 'It cannot be used at present, and connecting again would not help; `reason` says what would.' },
  },
});

@ObjectType('ConnectionClient', {
  description: 'The OAuth client that a connection gets its tokens for. Its secret goes in and never comes out.',
})
export class ConnectionClientType {
  @Field(() => String, { description: 'The client id.' })
  clientId!: string;

  @Field(() => String, {
    nullable: true,
    description: "Changes when the connection's own secret or key does, and tells nothing else; null where the client is not its own.",
  })
  fingerprint!: string | null;

  @Field(() => GraphQLISODateTime, {
    nullable: true,
    description: 'When its own secret or key was set; null where the client is not its own.',
  })
  updatedAt!: Date | null;
}

/** Scopes that are shown of a connection. */
const MAX_SCOPES = 100;
const WRITERS =
  "An organization's is for its owners and administrators, a workspace's also for its managers, a person's for the person themselves.";

@Resolver(() => ConnectionType)
export class ConnectionActionsResolver {
  readonly #actions: ConnectionActions;
  readonly #service: ConnectionService;

  constructor(actions: ConnectionActions, service: ConnectionService) {
    this.#actions = actions;
    this.#service = service;
  }

  @PerformsAction('connection.write')
  @Mutation(() => ConnectionAuthorizePayload, {
    description: `Starts to connect a subject to a server whose authentication is OAUTH, also where it is connected already. The connection is there when the person has given consent at the upstream. ${WRITERS} UNREACHABLE: the upstream or its authorization server does not do what is needed; the message says what.`,
  })
  async connectionAuthorize(
    @Arg('mcpServerId', () => ID, { description: 'The server.' }) mcpServerId: string,
    @Arg('subjectId', () => ID, { description: "Whose connection it is, by the server's granularity." }) subjectId: string,
    @Arg('returnTo', () => String, {
      nullable: true,
      description:
        'A path on the control plane where the person goes afterwards, with `upstream=connected`, or `upstream=denied` or `upstream=failed` and `error` in words. Absent: a page that says how it went.',
    })
    returnTo: string | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<ConnectionAuthorizePayload> {
    return toPayload('authorizationUrl', await this.#actions.authorize(access, mcpServerId, subjectId, returnTo), (url) => url);
  }

  @PerformsAction('connection.write')
  @Mutation(() => ConnectionReconnectPayload, {
    description: `Obtains an access token anew: by the client credentials at once, by consent with the address where it has to be given. ${WRITERS}`,
  })
  async connectionReconnect(
    @Arg('id', () => ID, { description: 'The connection.' }) id: string,
    @Ctx() { access }: ApiContext,
  ): Promise<ConnectionReconnectPayload> {
    const result = await this.#actions.reconnect(access, id);
    return {
      ...toPayload('connection', result, ({ connection }) => toConnectionType(connection)),
      authorizationUrl: result.ok ? result.value.value.authorizationUrl : null,
    };
  }

  @PerformsAction('connection.write')
  @Mutation(() => ConnectionTestPayload, {
    description: `Asks the upstream with the credential, renewed first if that is due, and leaves no session behind. ${WRITERS}`,
  })
  async connectionTest(
    @Arg('id', () => ID, { description: 'The connection.' }) id: string,
    @Ctx() { access }: ApiContext,
  ): Promise<ConnectionTestPayload> {
    const result = await this.#actions.test(access, id);
    const trial = result.ok ? result.value.value.trial : { isAccepted: false, message: null };
    return { ...toPayload('connection', result, ({ connection }) => toConnectionType(connection)), ...trial };
  }

  @PerformsAction('connection.write')
  @Mutation(() => ConnectionRevokePayload, {
    description: `Takes the tokens of a connection back at the upstream (RFC 7009), where that offers it, and deletes it. ${WRITERS} Owners and administrators may revoke a person's too. Revoking what is gone succeeds.`,
  })
  async connectionRevoke(
    @Arg('id', () => ID, { description: 'The connection.' }) id: string,
    @Arg('expectedVersion', () => Int, {
      nullable: true,
      description: 'The version that was read; another one answers STALE_VERSION and changes nothing.',
    })
    expectedVersion: number | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<ConnectionRevokePayload> {
    const result = await this.#service.delete(access, id, expectedVersion);
    return {
      ...toPayload('deletedId', result, ({ id: gone }) => gone),
      isRevokedUpstream: result.ok && result.value.value.isRevokedUpstream,
    };
  }

  @FieldResolver(() => ConnectionState, { description: 'How it is doing.' })
  async state(@Root() { id }: ConnectionType, @Ctx() { loaders }: ApiContext): Promise<ConnectionState> {
    return toConnectionState(await loaders.load(batchConnectionTokens, id), Date.now());
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'Why it is not simply connected, and who has to do what, in words; null where it is.',
  })
  async reason(@Root() { id }: ConnectionType, @Ctx() { loaders }: ApiContext): Promise<string | null> {
    const tokens = await loaders.load(batchConnectionTokens, id);
    return toConnectionReason(tokens, toConnectionState(tokens, Date.now()));
  }

  @FieldResolver(() => [String], {
    nullable: true,
    description:
      'The scopes that were granted, at most 100; null where the authorization server did not say, or the credential is no access token.',
  })
  async scopes(@Root() { id }: ConnectionType, @Ctx() { loaders }: ApiContext): Promise<readonly string[] | null> {
    const scope = (await loaders.load(batchConnectionTokens, id))?.grantedScope;
    return scope == null
      ? null
      : scope
          .split(' ')
          .filter((part) => part !== '')
          .slice(0, MAX_SCOPES);
  }

  @FieldResolver(() => GraphQLISODateTime, {
    nullable: true,
    description: 'When the present access token ends; null where that is not known, or the credential is no access token.',
  })
  async expiresAt(@Root() { id }: ConnectionType, @Ctx() { loaders }: ApiContext): Promise<Date | null> {
    return (await loaders.load(batchConnectionTokens, id))?.expiresAt ?? null;
  }

  @FieldResolver(() => ConnectionClientType, {
    nullable: true,
    description: 'The OAuth client that its tokens are for; null where the credential is no access token.',
  })
  async client(@Root() { id }: ConnectionType, @Ctx() { loaders }: ApiContext): Promise<ConnectionClientType | null> {
    const client = (await loaders.load(batchConnectionTokens, id))?.client;
    if (client === undefined) return null;
    const { clientId, fingerprint = null, updatedAt } = client;
    return { clientId, fingerprint, updatedAt: updatedAt === undefined ? null : new Date(updatedAt) };
  }

  @FieldResolver(() => UserType, {
    nullable: true,
    description: 'Who entered it or gave consent last; null where that was no person, or they are gone.',
  })
  async connectedBy(@Root() { connectedById }: ConnectionType, @Ctx() { loaders }: ApiContext): Promise<UserType | null> {
    return connectedById === null ? null : loaders.load(batchUsers, connectedById);
  }
}
