import { Arg, Args, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { PerformsAction } from '../../api/action.ts';
import type { ApiContext } from '../../api/context.ts';
import { PageArgs, type Page } from '../../api/page.ts';
import { toPayload } from '../../api/payload.ts';
import { batchUsers, UserType } from '../../identity/index.ts';
import { batchMcpServers, McpServerType } from '../../mcp-servers/index.ts';
import { batchWorkspaces, WorkspaceType } from '../../workspaces/index.ts';
import { ConsentRevokePayload } from './consent.payload.ts';
import { listUserConsents, readConsent } from './consent-queries.ts';
import type { ConsentService } from './consent-service.ts';
import { ConsentConnection, ConsentType } from './consent.type.ts';

@Resolver(() => ConsentType)
export class ConsentResolver {
  readonly #service: ConsentService;

  constructor(service: ConsentService) {
    this.#service = service;
  }

  @PerformsAction('consent.read')
  @Query(() => ConsentType, { nullable: true, description: 'A consent by id; null where there is none that the caller sees.' })
  consent(
    @Arg('id', () => ID, { description: 'The id that the object has.' }) id: string,
    @Ctx() context: ApiContext,
  ): Promise<ConsentType | null> {
    return readConsent(id, context);
  }

  @PerformsAction('consent.revoke')
  @Mutation(() => ConsentRevokePayload, {
    description:
      "Takes back what a person allowed. Its refresh tokens end at once, its access tokens with the revision in the answer; the application has to ask again. For the person themselves and the organization's owners and administrators. Revoking what is gone succeeds.",
  })
  async consentRevoke(
    @Arg('id', () => ID, { description: 'The consent.' }) id: string,
    @Arg('expectedVersion', () => Int, {
      nullable: true,
      description: 'The version that was read; another one answers STALE_VERSION and changes nothing.',
    })
    expectedVersion: number | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<ConsentRevokePayload> {
    return toPayload('revokedId', await this.#service.revoke(access, id, expectedVersion), (revoked) => revoked);
  }

  @FieldResolver(() => UserType, { description: 'The person.' })
  user(@Root() consent: ConsentType, @Ctx() { loaders }: ApiContext): Promise<UserType> {
    return loaders.loadExisting(batchUsers, consent.userId);
  }

  @FieldResolver(() => McpServerType, { description: 'The server that the application may use.' })
  mcpServer(@Root() consent: ConsentType, @Ctx() { loaders }: ApiContext): Promise<McpServerType> {
    return loaders.loadExisting(batchMcpServers, consent.mcpServerId);
  }

  @FieldResolver(() => WorkspaceType, { description: 'The workspace in which it may.' })
  workspace(@Root() consent: ConsentType, @Ctx() { loaders }: ApiContext): Promise<WorkspaceType> {
    return loaders.loadExisting(batchWorkspaces, consent.workspaceId);
  }
}

@Resolver(() => UserType)
export class UserConsentsResolver {
  @FieldResolver(() => ConsentConnection, {
    description: 'The applications that they allowed to use servers, oldest first, for themselves and those who oversee the organization.',
  })
  consents(@Root() user: UserType, @Args(() => PageArgs) args: PageArgs, @Ctx() context: ApiContext): Promise<Page<ConsentType>> {
    return listUserConsents(user, args, context);
  }
}
