import { Field, ID, InputType } from 'type-graphql';
import { ACCESS_BOUNDS, type CapabilityKind, type RuleEffect } from '../../contract/access-rule.ts';
import type { OrganizationRole, WorkspaceRole } from '../authorization/index.ts';
import { CapabilityKindEnum } from '../capabilities/index.ts';
import { OrganizationRoleEnum } from '../identity/index.ts';
import { WorkspaceRoleEnum } from '../workspaces/index.ts';
import { RuleEffectEnum } from './access-rule.type.ts';

const BOUND = `At most ${ACCESS_BOUNDS.selectorEntries}.`;
const CONDITION = `A CEL expression, at most ${ACCESS_BOUNDS.conditionChars} characters, over caller (kind, userId, email, keyId, organizationRole, workspaceRole, roles, groups, claims), capability (kind, name, uri, title, annotations) and arguments. INVALID says where it is wrong.`;

@InputType({ description: 'Which capabilities a rule is about.' })
export class CapabilitySelectorInput {
  @Field(() => [CapabilityKindEnum], { defaultValue: [], description: 'The kinds; empty means every kind.' })
  kinds!: CapabilityKind[];

  @Field(() => [String], {
    defaultValue: [],
    description: `Names of tools and prompts, resource URIs or templates; "*" stands for any characters; empty means all. ${BOUND}`,
  })
  patterns!: string[];
}

@InputType({ description: 'Which callers a rule is about: those that any of the lists names. Where all are empty, everybody.' })
export class CallerSelectorInput {
  @Field(() => [ID], { defaultValue: [], description: `People of the organization. ${BOUND}` })
  userIds!: string[];

  @Field(() => [OrganizationRoleEnum], { defaultValue: [], description: 'Roles in the organization.' })
  organizationRoles!: OrganizationRole[];

  @Field(() => [WorkspaceRoleEnum], { defaultValue: [], description: 'Roles in the workspace.' })
  workspaceRoles!: WorkspaceRole[];

  @Field(() => [String], { defaultValue: [], description: `Groups, as the identity provider names them. ${BOUND}` })
  groups!: string[];

  @Field(() => [ID], { defaultValue: [], description: `API keys of the organization's workspaces. ${BOUND}` })
  apiKeyIds!: string[];

  @Field(() => Boolean, { defaultValue: false, description: 'Whether it is about service keys.' })
  serviceKeys!: boolean;
}

@InputType({ description: 'A rule to be added: to a server or to a grant, exactly one of them.' })
export class AccessRuleCreateInput {
  @Field(() => ID, { nullable: true, description: 'The server: the rule holds in every workspace. Never changes.' })
  mcpServerId?: string | null;

  @Field(() => ID, { nullable: true, description: 'The grant: the rule holds in its workspace. Never changes.' })
  accessGrantId?: string | null;

  @Field(() => String, { description: 'What people call it, 1 to 120 characters; unique among the rules of the server or grant.' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'What it is for, at most 2,000 characters.' })
  description?: string | null;

  @Field(() => Boolean, { defaultValue: true, description: 'Whether it is in force.' })
  enabled!: boolean;

  @Field(() => RuleEffectEnum, { description: 'How it restricts. REQUIRE needs a condition.' })
  effect!: RuleEffect;

  @Field(() => CapabilitySelectorInput, { nullable: true, description: 'Which capabilities it is about; absent means all.' })
  capabilities?: CapabilitySelectorInput | null;

  @Field(() => CallerSelectorInput, { nullable: true, description: 'Which callers it is about; absent means everybody.' })
  callers?: CallerSelectorInput | null;

  @Field(() => String, { nullable: true, description: CONDITION })
  condition?: string | null;
}

@InputType({ description: 'Changes of a rule. What is absent stays.' })
export class AccessRuleUpdateInput {
  @Field(() => String, { nullable: true, description: 'What people call it, 1 to 120 characters. Cannot be null.' })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'What it is for, at most 2,000 characters; null clears it.' })
  description?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether it is in force. Cannot be null.' })
  enabled?: boolean | null;

  @Field(() => RuleEffectEnum, { nullable: true, description: 'How it restricts. Cannot be null.' })
  effect?: RuleEffect | null;

  @Field(() => CapabilitySelectorInput, {
    nullable: true,
    description: 'Which capabilities it is about: the whole selector. Cannot be null.',
  })
  capabilities?: CapabilitySelectorInput | null;

  @Field(() => CallerSelectorInput, { nullable: true, description: 'Which callers it is about: the whole selector. Cannot be null.' })
  callers?: CallerSelectorInput | null;

  @Field(() => String, { nullable: true, description: `${CONDITION} Null clears it.` })
  condition?: string | null;
}
