import { Arg, Args, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { ACCESS_BOUNDS } from '../../contract/access-rule.ts';
import { AccessGrantType, readAccessGrant } from '../access-grants/index.ts';
import { PerformsAction } from '../api/action.ts';
import type { ApiContext } from '../api/context.ts';
import { PageArgs, type Page } from '../api/page.ts';
import { toPayload } from '../api/payload.ts';
import { batchMcpServers, McpServerType, toServerResource } from '../mcp-servers/index.ts';
import { batchWorkspaces, toResource } from '../workspaces/index.ts';
import { AccessConditionCheckType, checkCondition } from './access-condition-check.ts';
import { AccessRuleCreateInput, AccessRuleUpdateInput } from './access-rule.input.ts';
import { AccessRuleCreatePayload, AccessRuleDeletePayload, AccessRuleUpdatePayload } from './access-rule.payload.ts';
import { listRules, readAccessRule, readAccessRuleByName } from './access-rule-queries.ts';
import type { AccessRuleService } from './access-rule-service.ts';
import { AccessRuleConnection, AccessRuleType, toAccessRuleType } from './access-rule.type.ts';

const EXPECTED_VERSION = 'The version that was read; another one answers STALE_VERSION and changes nothing.';
const WRITERS =
  'Rules of a server are for owners and administrators of the organization, those of a grant also for managers of the workspace.';

@Resolver(() => AccessRuleType)
export class AccessRuleResolver {
  readonly #service: AccessRuleService;

  constructor(service: AccessRuleService) {
    this.#service = service;
  }

  @PerformsAction('access_rule.read')
  @Query(() => AccessRuleType, { nullable: true, description: 'A rule by id; null where there is none that the caller sees.' })
  accessRule(
    @Arg('id', () => ID, { description: 'The id that the object has.' }) id: string,
    @Ctx() context: ApiContext,
  ): Promise<AccessRuleType | null> {
    return readAccessRule(id, context);
  }

  @PerformsAction('access_rule.read')
  @Query(() => AccessRuleType, {
    nullable: true,
    description: 'A rule by its natural key, for import; null where there is none that the caller sees.',
  })
  accessRuleByName(
    @Arg('parentId', () => ID, { description: 'The server or the grant that has it.' }) parentId: string,
    @Arg('name', () => String, { description: 'Its name.' }) name: string,
    @Ctx() context: ApiContext,
  ): Promise<AccessRuleType | null> {
    return readAccessRuleByName(parentId, name, context);
  }

  @PerformsAction('viewer.read')
  @Query(() => AccessConditionCheckType, {
    description: 'Checks a CEL condition as saving it would, for editors: nothing is stored. For everybody who is signed in.',
  })
  accessConditionCheck(
    @Arg('condition', () => String, { description: `The text, at most ${ACCESS_BOUNDS.conditionChars} characters.` }) condition: string,
  ): AccessConditionCheckType {
    return checkCondition(condition);
  }

  @PerformsAction('access_rule.write')
  @Mutation(() => AccessRuleCreatePayload, {
    description: `Adds a restriction. ${WRITERS} TAKEN: the name is in use. LIMIT_REACHED: there are ${ACCESS_BOUNDS.rulesPerLevel} already.`,
  })
  async accessRuleCreate(
    @Arg('input', () => AccessRuleCreateInput, { description: 'What is restricted for whom.' }) input: AccessRuleCreateInput,
    @Arg('idempotencyKey', () => String, {
      nullable: true,
      description: 'Makes a retry safe for 24 hours: the same key and input get the first answer. At most 255 characters.',
    })
    idempotencyKey: string | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<AccessRuleCreatePayload> {
    return toPayload('accessRule', await this.#service.create(access, input, idempotencyKey), toAccessRuleType);
  }

  @PerformsAction('access_rule.write')
  @Mutation(() => AccessRuleUpdatePayload, { description: `Changes a rule. ${WRITERS}` })
  async accessRuleUpdate(
    @Arg('id', () => ID, { description: 'The rule.' }) id: string,
    @Arg('input', () => AccessRuleUpdateInput, { description: 'What changes.' }) input: AccessRuleUpdateInput,
    @Arg('expectedVersion', () => Int, { nullable: true, description: EXPECTED_VERSION }) expectedVersion: number | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<AccessRuleUpdatePayload> {
    return toPayload('accessRule', await this.#service.update(access, id, input, expectedVersion), toAccessRuleType);
  }

  @PerformsAction('access_rule.write')
  @Mutation(() => AccessRuleDeletePayload, {
    description: `Removes a restriction, with the revision in the answer. ${WRITERS} Deleting what is gone succeeds.`,
  })
  async accessRuleDelete(
    @Arg('id', () => ID, { description: 'The rule.' }) id: string,
    @Arg('expectedVersion', () => Int, { nullable: true, description: EXPECTED_VERSION }) expectedVersion: number | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<AccessRuleDeletePayload> {
    return toPayload('deletedId', await this.#service.delete(access, id, expectedVersion), (deleted) => deleted);
  }

  @FieldResolver(() => McpServerType, {
    nullable: true,
    description: 'The server that it restricts everywhere; null for a rule of a grant.',
  })
  mcpServer(@Root() rule: AccessRuleType, @Ctx() { loaders }: ApiContext): Promise<McpServerType | null> {
    return rule.mcpServerId === null ? Promise.resolve(null) : loaders.load(batchMcpServers, rule.mcpServerId);
  }

  @FieldResolver(() => AccessGrantType, { nullable: true, description: 'The grant that it restricts; null for a rule of a server.' })
  accessGrant(@Root() rule: AccessRuleType, @Ctx() context: ApiContext): Promise<AccessGrantType | null> {
    return rule.accessGrantId === null ? Promise.resolve(null) : readAccessGrant(rule.accessGrantId, context);
  }
}

@Resolver(() => McpServerType)
export class McpServerAccessRulesResolver {
  @FieldResolver(() => AccessRuleConnection, {
    description: 'The rules that hold in every workspace, oldest first; empty for callers who may not see them.',
  })
  accessRules(
    @Root() server: McpServerType,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: ApiContext,
  ): Promise<Page<AccessRuleType>> {
    return listRules(server.id, toServerResource(server), args, context);
  }
}

@Resolver(() => AccessGrantType)
export class AccessGrantAccessRulesResolver {
  @FieldResolver(() => AccessRuleConnection, {
    description: 'The rules that hold in this workspace, oldest first; empty for callers who may not see them.',
  })
  async accessRules(
    @Root() grant: AccessGrantType,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: ApiContext,
  ): Promise<Page<AccessRuleType>> {
    const workspace = (await context.loaders.load(batchWorkspaces, grant.workspaceId))!;
    return listRules(grant.id, toResource(workspace), args, context);
  }
}
