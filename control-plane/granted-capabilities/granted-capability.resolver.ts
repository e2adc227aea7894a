import { Arg, Args, Ctx, FieldResolver, ID, Int, Mutation, Resolver, Root } from 'type-graphql';
import type { CapabilityKind } from '../../contract/access-rule.ts';
import { AccessGrantType, readAccessGrant, toAccessGrantType } from '../access-grants/index.ts';
import { PerformsAction } from '../api/action.ts';
import type { ApiContext } from '../api/context.ts';
import { PageArgs, type Page } from '../api/page.ts';
import { toPayload, type ChangeResult } from '../api/payload.ts';
import { batchCapabilities, CapabilityKindEnum, CapabilityType } from '../capabilities/index.ts';
import { WorkspaceType } from '../workspaces/index.ts';
import type { GrantedCapabilityState } from './granted-capability.entity.ts';
import { AccessGrantCapabilityApproveInput, AccessGrantCapabilityUpdateInput } from './granted-capability.input.ts';
import { AccessGrantCapabilityApprovePayload, AccessGrantCapabilityUpdatePayload } from './granted-capability.payload.ts';
import {
  countWaiting,
  countWaitingInWorkspace,
  listGrantedCapabilities,
  listWaiting,
  readApprovedDefinition,
  readDifferences,
} from './granted-capability-queries.ts';
import type { ChangedCapabilities, GrantedCapabilityService } from './granted-capability-service.ts';
import {
  CapabilityDifferenceType,
  GrantedCapabilityConnection,
  GrantedCapabilityStateEnum,
  GrantedCapabilityType,
  toGrantedCapabilityType,
} from './granted-capability.type.ts';

const EXPECTED_VERSION = 'The version of the grant that was read; another one answers STALE_VERSION and changes nothing.';
const WRITERS = 'For managers of the workspace, and owners and administrators of the organization.';
const READERS = 'For owners, administrators, auditors and managers of the workspace';

@Resolver(() => GrantedCapabilityType)
export class GrantedCapabilityResolver {
  readonly #service: GrantedCapabilityService;

  constructor(service: GrantedCapabilityService) {
    this.#service = service;
  }

  @PerformsAction('access_grant.write')
  @Mutation(() => AccessGrantCapabilityUpdatePayload, {
    description: `Switches capabilities of a grant on or off, renames and re-describes them. ${WRITERS}`,
  })
  async accessGrantCapabilityUpdate(
    @Arg('id', () => ID, { description: 'The grant.' }) id: string,
    @Arg('input', () => AccessGrantCapabilityUpdateInput, { description: 'What changes for which capabilities.' })
    input: AccessGrantCapabilityUpdateInput,
    @Arg('expectedVersion', () => Int, { nullable: true, description: EXPECTED_VERSION }) expectedVersion: number | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<AccessGrantCapabilityUpdatePayload> {
    return toCapabilitiesPayload(await this.#service.update(access, id, input, expectedVersion));
  }

  @PerformsAction('access_grant.write')
  @Mutation(() => AccessGrantCapabilityApprovePayload, {
    description: `Approves definitions as they were looked at: what was held can be used from the revision in the answer on. ${WRITERS} STALE_VERSION: a definition changed since; nothing is approved then.`,
  })
  async accessGrantCapabilityApprove(
    @Arg('id', () => ID, { description: 'The grant.' }) id: string,
    @Arg('input', () => AccessGrantCapabilityApproveInput, { description: 'What is approved.' }) input: AccessGrantCapabilityApproveInput,
    @Arg('expectedVersion', () => Int, { nullable: true, description: EXPECTED_VERSION }) expectedVersion: number | undefined,
    @Ctx() { access }: ApiContext,
  ): Promise<AccessGrantCapabilityApprovePayload> {
    return toCapabilitiesPayload(await this.#service.approve(access, id, input, expectedVersion));
  }

  @FieldResolver(() => CapabilityType, { description: 'What the upstream offers, in its own words.' })
  capability(@Root() item: GrantedCapabilityType, @Ctx() { loaders }: ApiContext): Promise<CapabilityType> {
    return loaders.loadExisting(batchCapabilities, item.capabilityId);
  }

  @FieldResolver(() => AccessGrantType, { description: 'The grant that says this about it.' })
  async accessGrant(@Root() item: GrantedCapabilityType, @Ctx() context: ApiContext): Promise<AccessGrantType> {
    return (await readAccessGrant(item.accessGrantId, context))!;
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'The definition that was approved, JSON, at most 64 KiB; null where none was.',
  })
  approvedDefinition(@Root() item: GrantedCapabilityType, @Ctx() context: ApiContext): Promise<string | null> {
    return readApprovedDefinition(item, context);
  }

  @FieldResolver(() => [CapabilityDifferenceType], {
    description:
      'How its definition differs from the approved one, at most one for each of seven parts; empty where it does not, or none was approved.',
  })
  differences(@Root() item: GrantedCapabilityType, @Ctx() context: ApiContext): Promise<CapabilityDifferenceType[]> {
    return readDifferences(item, context);
  }
}

@Resolver(() => AccessGrantType)
export class AccessGrantCapabilitiesResolver {
  @FieldResolver(() => GrantedCapabilityConnection, {
    description: `What its server offers, with what the grant says about it, first seen first. ${READERS}; empty for others.`,
  })
  capabilities(
    @Root() grant: AccessGrantType,
    @Args(() => PageArgs) args: PageArgs,
    @Arg('kind', () => CapabilityKindEnum, { nullable: true, description: 'Only this kind.' }) kind: CapabilityKind | undefined,
    @Arg('search', () => String, {
      nullable: true,
      description: 'Only those whose name, title or description, of the upstream or of the grant, contain this, in any case.',
    })
    search: string | undefined,
    @Arg('states', () => [GrantedCapabilityStateEnum], {
      nullable: true,
      description: 'Only those in one of these states. The queue of a review: HELD and CHANGED.',
    })
    states: GrantedCapabilityState[] | undefined,
    @Ctx() context: ApiContext,
  ): Promise<Page<GrantedCapabilityType>> {
    return listGrantedCapabilities(grant, { kind: kind ?? null, search: search ?? null, states: states ?? null }, args, context);
  }

  @FieldResolver(() => Int, {
    description: `How many of its capabilities wait for an approval (HELD or CHANGED). ${READERS}; 0 for others.`,
  })
  waitingCapabilityCount(@Root() grant: AccessGrantType, @Ctx() context: ApiContext): Promise<number> {
    return countWaiting(grant, context);
  }
}

@Resolver(() => WorkspaceType)
export class WorkspaceWaitingCapabilitiesResolver {
  @FieldResolver(() => GrantedCapabilityConnection, {
    description: `What waits for an approval (HELD or CHANGED) in any of its grants. ${READERS}; empty for others.`,
  })
  waitingCapabilities(
    @Root() workspace: WorkspaceType,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: ApiContext,
  ): Promise<Page<GrantedCapabilityType>> {
    return listWaiting(workspace, args, context);
  }

  @FieldResolver(() => Int, { description: `How many capabilities wait for an approval in any of its grants. ${READERS}; 0 for others.` })
  waitingCapabilityCount(@Root() workspace: WorkspaceType, @Ctx() context: ApiContext): Promise<number> {
    return countWaitingInWorkspace(workspace, context);
  }
}

function toCapabilitiesPayload(result: ChangeResult<ChangedCapabilities>): AccessGrantCapabilityUpdatePayload {
  const payload = toPayload('accessGrant', result, ({ grant }) => toAccessGrantType(grant));
  return { ...payload, capabilities: result.ok ? result.value.value.capabilities.map(toGrantedCapabilityType) : [] };
}
