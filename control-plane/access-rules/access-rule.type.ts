import { Field, GraphQLISODateTime, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { ACCESS_BOUNDS, RuleEffectSchema, type CapabilityKind, type RuleEffect } from '../../contract/access-rule.ts';
import { NodeType } from '../api/node.ts';
import { makeConnectionType } from '../api/page.ts';
import type { OrganizationRole, WorkspaceRole } from '../authorization/index.ts';
import { CapabilityKindEnum } from '../capabilities/index.ts';
import { OrganizationRoleEnum } from '../identity/index.ts';
import { WorkspaceRoleEnum } from '../workspaces/index.ts';
import type { AccessRule } from './access-rule.entity.ts';

/** The effects of rules, for GraphQL. */
export const RuleEffectEnum = RuleEffectSchema.enum;

registerEnumType(RuleEffectEnum, {
  name: 'AccessRuleEffect',
  description: 'How a rule restricts. No rule grants anything: adding one never allows what was refused without it.',
  valuesConfig: {
    DENY: { description: 'Refuses where the condition holds; without a condition always.' },
    REQUIRE: { description: 'Refuses where the condition does not hold.' },
  },
});

const BOUND = `at most ${ACCESS_BOUNDS.selectorEntries}`;

@ObjectType('CapabilitySelector', { description: 'Which capabilities a rule is about.' })
export class CapabilitySelectorType {
  @Field(() => [CapabilityKindEnum], { description: 'The kinds, at most four; empty means every kind.' })
  kinds!: readonly CapabilityKind[];

  @Field(() => [String], {
    description: `Names of tools and prompts, resource URIs or templates, ${BOUND}; empty means all. "*" stands for any characters; case and Unicode spelling make no difference.`,
  })
  patterns!: readonly string[];
}

@ObjectType('CallerSelector', {
  description: 'Which callers a rule is about: those that any of the lists names. Where all are empty, everybody.',
})
export class CallerSelectorType {
  @Field(() => [ID], { description: `People, ${BOUND}.` })
  userIds!: readonly string[];

  @Field(() => [OrganizationRoleEnum], { description: 'Roles in the organization, at most four.' })
  organizationRoles!: readonly OrganizationRole[];

  @Field(() => [WorkspaceRoleEnum], { description: 'Roles in the workspace, at most two.' })
  workspaceRoles!: readonly WorkspaceRole[];

  @Field(() => [String], { description: `Groups of people, as the identity provider names them, ${BOUND}.` })
  groups!: readonly string[];

  @Field(() => [ID], { description: `API keys, ${BOUND}.` })
  apiKeyIds!: readonly string[];

  @Field(() => Boolean, { description: 'Whether it is about service keys.' })
  serviceKeys!: boolean;
}

@ObjectType('AccessRule', {
  implements: NodeType,
  description: 'A restriction: of an MCP server, for everybody in the organization, or of a grant, for one workspace.',
})
export class AccessRuleType extends NodeType {
  @Field(() => ID, { description: 'Opaque, with the prefix rule_. Never changes.' })
  declare id: string;

  mcpServerId!: string | null;
  accessGrantId!: string | null;

  @Field(() => String, { description: 'What people call it, 1 to 120 characters; unique among the rules of the server or grant.' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'What it is for, at most 2,000 characters; null where nobody said.' })
  description!: string | null;

  @Field(() => Boolean, { description: 'Whether it is in force.' })
  enabled!: boolean;

  @Field(() => RuleEffectEnum, { description: 'How it restricts.' })
  effect!: RuleEffect;

  @Field(() => CapabilitySelectorType, { description: 'Which capabilities it is about.' })
  capabilities!: CapabilitySelectorType;

  @Field(() => CallerSelectorType, { description: 'Which callers it is about.' })
  callers!: CallerSelectorType;

  @Field(() => String, {
    nullable: true,
    description:
      'A CEL expression over `caller`, `capability` and `arguments`; null where there is none. One that cannot be evaluated refuses.',
  })
  condition!: string | null;

  @Field(() => GraphQLISODateTime, { description: 'When it was created.' })
  createdAt!: Date;

  @Field(() => GraphQLISODateTime, { description: 'When it was last changed.' })
  updatedAt!: Date;

  @Field(() => Int, { description: 'Counts its changes; pass it as `expectedVersion`.' })
  version!: number;
}

export const AccessRuleConnection = makeConnectionType('AccessRule', () => AccessRuleType);

export function toAccessRuleType(row: AccessRule): AccessRuleType {
  const { id, name, enabled, effect, createdAt, updatedAt, version } = row;
  const { userIds = [], organizationRoles = [], workspaceRoles = [], groups = [], keyIds = [], services = false } = row.callers;
  return {
    id,
    mcpServerId: row.mcpServerId ?? null,
    accessGrantId: row.accessGrantId ?? null,
    name,
    description: row.description ?? null,
    enabled,
    effect,
    capabilities: { kinds: row.capabilityKinds, patterns: row.capabilityPatterns },
    callers: {
      userIds,
      organizationRoles: organizationRoles as OrganizationRole[],
      workspaceRoles: workspaceRoles as WorkspaceRole[],
      groups,
      apiKeyIds: keyIds,
      serviceKeys: services,
    },
    condition: row.condition ?? null,
    createdAt,
    updatedAt,
    version,
  };
}
