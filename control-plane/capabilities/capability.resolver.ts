import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import { ACCESS_BOUNDS, type CapabilityKind } from '../../contract/access-rule.ts';
import { PerformsAction } from '../api/action.ts';
import type { ApiContext } from '../api/context.ts';
import { PageArgs, type Page } from '../api/page.ts';
import { toPayload } from '../api/payload.ts';
import { batchMcpServers, McpServerType } from '../mcp-servers/index.ts';
import { CapabilityKindEnum } from './capability-kind.ts';
import { listCapabilities, readCapability, readCapabilityByName, readDiscovery } from './capability-queries.ts';
import type { CapabilityService } from './capability-service.ts';
import { CapabilityConnection, CapabilityDiscoveryType, CapabilityType, McpServerCapabilitiesRefreshPayload } from './capability.type.ts';

@Resolver(() => CapabilityType)
export class CapabilityResolver {
  readonly #service: CapabilityService;

  constructor(service: CapabilityService) {
    this.#service = service;
  }

  @PerformsAction('capability.read')
  @Query(() => CapabilityType, { nullable: true, description: 'A capability by id; null where there is none that the caller sees.' })
  capability(
    @Arg('id', () => ID, { description: 'The id that the object has.' }) id: string,
    @Ctx() context: ApiContext,
  ): Promise<CapabilityType | null> {
    return readCapability(id, context);
  }

  @PerformsAction('capability.read')
  @Query(() => CapabilityType, {
    nullable: true,
    description: 'A capability by its natural key; null where there is none that the caller sees.',
  })
  capabilityByName(
    @Arg('mcpServerId', () => ID, { description: 'The server.' }) mcpServerId: string,
    @Arg('kind', () => CapabilityKindEnum, { description: 'The kind.' }) kind: CapabilityKind,
    @Arg('name', () => String, { description: "The upstream's name, URI or template." }) name: string,
    @Ctx() context: ApiContext,
  ): Promise<CapabilityType | null> {
    return readCapabilityByName(mcpServerId, kind, name, context);
  }

  @PerformsAction('mcp_server.write')
  @Mutation(() => McpServerCapabilitiesRefreshPayload, {
    description: `Asks the upstream what it offers, with a stored connection where it needs one, and keeps at most ${ACCESS_BOUNDS.capabilitiesPerServer} capabilities; what is gone is marked. For owners and administrators of the organization, and managers of the workspace that owns the server. UNREACHABLE: the upstream does not answer.`,
  })
  async mcpServerCapabilitiesRefresh(
    @Arg('id', () => ID, { description: 'The server.' }) id: string,
    @Ctx() { access }: ApiContext,
  ): Promise<McpServerCapabilitiesRefreshPayload> {
    return toPayload('found', await this.#service.refresh(access, id), (found) => found);
  }

  @FieldResolver(() => McpServerType, { description: 'The server that offers it.' })
  mcpServer(@Root() capability: CapabilityType, @Ctx() { loaders }: ApiContext): Promise<McpServerType> {
    return loaders.loadExisting(batchMcpServers, capability.mcpServerId);
  }
}

@Resolver(() => McpServerType)
export class McpServerCapabilitiesResolver {
  @FieldResolver(() => CapabilityConnection, {
    description:
      'What it offers as far as it was found, oldest first, also what is gone by now. For owners, administrators, auditors and managers; empty for others.',
  })
  capabilities(
    @Root() server: McpServerType,
    @Args(() => PageArgs) args: PageArgs,
    @Arg('kind', () => CapabilityKindEnum, { nullable: true, description: 'Only this kind.' }) kind: CapabilityKind | undefined,
    @Arg('nameContains', () => String, { nullable: true, description: 'Only names that contain this, in any case.' })
    nameContains: string | undefined,
    @Ctx() context: ApiContext,
  ): Promise<Page<CapabilityType>> {
    return listCapabilities(server, { kind: kind ?? null, nameContains: nameContains ?? null }, args, context);
  }
  @FieldResolver(() => CapabilityDiscoveryType, {
    description: 'When it was asked what it offers. For those who see its `capabilities`; empty for others.',
  })
  capabilityDiscovery(@Root() server: McpServerType, @Ctx() context: ApiContext): Promise<CapabilityDiscoveryType> {
    return readDiscovery(server, context);
  }
}
