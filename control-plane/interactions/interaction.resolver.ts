import { Arg, Args, Ctx, FieldResolver, GraphQLISODateTime, ID, Query, Resolver, Root, Subscription } from 'type-graphql';
import { PerformsAction } from '../api/action.ts';
import type { ApiContext } from '../api/context.ts';
import { followTopic } from '../api/live.ts';
import type { Batch } from '../api/loaders.ts';
import { PageArgs, type Page } from '../api/page.ts';
import { decide } from '../authorization/index.ts';
import { batchUsers, readUser, UserType } from '../identity/index.ts';
import { batchMcpServers, McpServerType, readMcpServer } from '../mcp-servers/index.ts';
import { McpServerHealthType } from '../mcp-server-health/index.ts';
import { batchWorkspaces, readWorkspace, WorkspaceType } from '../workspaces/index.ts';
import { INTERACTIONS_ADDED, MAX_AT_ONCE } from './interaction-feed.ts';
import { InteractionFilter } from './interaction-filter.input.ts';
import { countInteractions, listInteractions, readInteraction, readInteractionPayload, toQuestion } from './interaction-queries.ts';
import { InteractionConnection, InteractionCountType, InteractionPayloadType, InteractionType } from './interaction.type.ts';
import { batchServerTraffic } from './server-traffic.ts';
import { ServerTrafficType } from './server-traffic.type.ts';
import { listUsage, MAX_DIMENSIONS, MAX_POINTS } from './usage-queries.ts';
import { UsageDimensionEnum, UsageIntervalEnum, UsagePointType, type UsageDimension, type UsageInterval } from './usage.type.ts';

const SEEN = 'Those who oversee the organization see all of them, managers those of their workspaces, everybody their own.';
const OF_NONE =
  'The organization; nothing is found in one that the caller does not see. Null: interactions of no organization, whose URL names no workspace. They are for whoever holds the bootstrap key; nothing is found by all others.';
const FILTER = 'Which interactions; absent: all that the caller sees.';

@Resolver(() => InteractionType)
export class InteractionResolver {
  @PerformsAction('interaction.read')
  @Query(() => InteractionType, {
    nullable: true,
    description: `An interaction by id; null where there is none that the caller sees. ${SEEN}`,
  })
  interaction(
    @Arg('id', () => ID, { description: 'The id that the interaction has.' }) id: string,
    @Ctx() context: ApiContext,
  ): Promise<InteractionType | null> {
    return readInteraction(id, context);
  }

  @PerformsAction('interaction.read')
  @Query(() => InteractionConnection, { description: `The log of an organization, newest first. ${SEEN}` })
  interactions(
    @Arg('organizationId', () => ID, { nullable: true, description: OF_NONE }) organizationId: string | null | undefined,
    @Arg('filter', () => InteractionFilter, { nullable: true, description: FILTER }) filter: InteractionFilter | null | undefined,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: ApiContext,
  ): Promise<Page<InteractionType>> {
    return listInteractions(toQuestion(context.access, organizationId ?? null, filter), args, context);
  }

  @PerformsAction('interaction.read')
  @Query(() => InteractionCountType, { description: `How many interactions a filter finds, or about how many. ${SEEN}` })
  interactionCount(
    @Arg('organizationId', () => ID, { nullable: true, description: OF_NONE }) organizationId: string | null | undefined,
    @Arg('filter', () => InteractionFilter, { nullable: true, description: FILTER }) filter: InteractionFilter | null | undefined,
    @Ctx() context: ApiContext,
  ): Promise<InteractionCountType> {
    return countInteractions(toQuestion(context.access, organizationId ?? null, filter), context);
  }

  @PerformsAction('interaction_payload.read')
  @Query(() => InteractionPayloadType, {
    nullable: true,
    description:
      'What was captured of a call, for auditors of the organization alone; null where nothing was. That it was read is an audit event, interactionPayloadRead.',
  })
  interactionPayload(
    @Arg('interactionId', () => ID, { description: 'The interaction.' }) interactionId: string,
    @Ctx() context: ApiContext,
  ): Promise<InteractionPayloadType | null> {
    return readInteractionPayload(interactionId, context);
  }

  @PerformsAction('interaction.read')
  @Query(() => [UsagePointType], {
    description: `Calls, errors, latency and bytes over time, oldest part first and the most used first within a part; at most ${MAX_POINTS} points. ${SEEN}`,
  })
  usage(
    @Arg('organizationId', () => ID, { nullable: true, description: OF_NONE }) organizationId: string | null | undefined,
    @Arg('since', () => GraphQLISODateTime, { description: 'From this moment on.' }) since: Date,
    @Arg('until', () => GraphQLISODateTime, { description: 'Before this moment, at most 92 days later.' }) until: Date,
    @Arg('interval', () => UsageIntervalEnum, { defaultValue: 'ALL', description: 'How long the parts are.' }) interval: UsageInterval,
    @Arg('groupBy', () => [UsageDimensionEnum], {
      defaultValue: [],
      description: `What it is counted by, at most ${MAX_DIMENSIONS} things.`,
    })
    groupBy: UsageDimension[],
    @Arg('filter', () => InteractionFilter, { nullable: true, description: FILTER }) filter: InteractionFilter | null | undefined,
    @Ctx() context: ApiContext,
  ): Promise<UsagePointType[]> {
    return listUsage({ ...toQuestion(context.access, organizationId ?? null, filter), since, until, interval, groupBy }, context);
  }

  @PerformsAction('interaction.read')
  @Subscription(() => InteractionType, {
    subscribe: followTopic(INTERACTIONS_ADDED, 'interaction.read'),
    description: `Interactions as they are written into the log, at most ${MAX_AT_ONCE} at once twice a second: of more than that, the newest. ${SEEN}`,
  })
  interactionAdded(
    @Root() interaction: InteractionType,
    @Arg('organizationId', () => ID, { nullable: true, description: OF_NONE }) _organizationId: string | null | undefined,
    @Arg('filter', () => InteractionFilter, { nullable: true, description: FILTER }) _filter: InteractionFilter | null | undefined,
  ): InteractionType {
    return interaction;
  }

  @FieldResolver(() => WorkspaceType, {
    nullable: true,
    description: 'The workspace; null where there was none, it is gone, or the caller does not see it any more.',
  })
  workspace(@Root() { organizationId, workspaceId }: InteractionType, @Ctx() context: ApiContext): Promise<WorkspaceType | null> {
    return readSeen(context, organizationId, workspaceId, batchWorkspaces, readWorkspace);
  }

  @FieldResolver(() => McpServerType, {
    nullable: true,
    description: 'The server; null where there was none, it is gone, or the caller does not see it any more.',
  })
  mcpServer(@Root() { organizationId, mcpServerId }: InteractionType, @Ctx() context: ApiContext): Promise<McpServerType | null> {
    return readSeen(context, organizationId, mcpServerId, batchMcpServers, readMcpServer);
  }

  @FieldResolver(() => UserType, {
    nullable: true,
    description: 'The person; null where there was none, they are gone, or the caller does not see them.',
  })
  user(@Root() { organizationId, userId }: InteractionType, @Ctx() context: ApiContext): Promise<UserType | null> {
    return readSeen(context, organizationId, userId, batchUsers, readUser);
  }
}

/** What an interaction names, as it is today: read together for those who see everything, else only where the caller still sees it. */
async function readSeen<Value>(
  context: ApiContext,
  organizationId: string | null,
  id: string | null,
  batch: Batch<string, Value | null | undefined>,
  read: (id: string, context: ApiContext) => Promise<Value | null>,
): Promise<Value | null> {
  if (id === null || organizationId === null) return null;
  if (decide(context.access, 'audit_event.read', { organizationId }) !== 'allowed') return read(id, context);
  return (await context.loaders.load(batch, id)) ?? null;
}

@Resolver(() => McpServerHealthType)
export class McpServerHealthTrafficResolver {
  @FieldResolver(() => ServerTrafficType, { description: 'What real calls say: how those of the last 15 minutes went.' })
  traffic(@Root() { mcpServerId }: McpServerHealthType, @Ctx() { loaders }: ApiContext): Promise<ServerTrafficType> {
    return loaders.load(batchServerTraffic, mcpServerId);
  }
}
