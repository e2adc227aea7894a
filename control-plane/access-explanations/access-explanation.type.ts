import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { AccessLevel } from '../../contract/access-policy.ts';
import type { CapabilityKind } from '../../contract/access-rule.ts';
import { CapabilityKindEnum } from '../capabilities/index.ts';

/** The values of {@link AccessLevel}, for GraphQL. */
export const AccessLevelEnum: Readonly<Record<AccessLevel, AccessLevel>> = {
  ORGANIZATION: 'ORGANIZATION',
  WORKSPACE: 'WORKSPACE',
  PEOPLE: 'PEOPLE',
};

registerEnumType(AccessLevelEnum, {
  name: 'AccessLevel',
  description: 'The level at which a decision fell.',
  valuesConfig: {
    ORGANIZATION: { description: 'The rules of the server.' },
    WORKSPACE: { description: 'The grant and its rules.' },
    PEOPLE: { description: 'The default for people and its overrides.' },
  },
});

@InputType({ description: 'Who would call what. Give a person or a key, not both.' })
export class ExplainAccessInput {
  @Field(() => ID, { description: 'The workspace through which the server is called.' })
  workspaceId!: string;

  @Field(() => ID, { description: 'The server.' })
  mcpServerId!: string;

  @Field(() => ID, { nullable: true, description: 'A person, signed in without further claims.' })
  userId?: string | null;

  @Field(() => ID, { nullable: true, description: 'An API key of the workspace.' })
  apiKeyId?: string | null;

  @Field(() => CapabilityKindEnum, { nullable: true, description: 'The kind of the capability; null asks about the server alone.' })
  kind?: CapabilityKind | null;

  @Field(() => String, { nullable: true, description: 'Its name, URI or template, as callers of the workspace know it.' })
  name?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The arguments of the call, a JSON object of at most 65,536 characters; null asks whether it is listed.',
  })
  arguments?: string | null;
}

@ObjectType('AccessExplanation', {
  description: 'What the gateway decides, and why: by the function and the documents that it decides by.',
})
export class AccessExplanationType {
  @Field(() => Boolean, { description: 'Whether it is allowed.' })
  isAllowed!: boolean;

  @Field(() => AccessLevelEnum, { nullable: true, description: 'The level that decided; null where the question got to none.' })
  level!: AccessLevel | null;

  @Field(() => String, {
    description:
      'Why: grant, default_user_access, user_override, rule_denied, requirement_not_met, condition_broken, capability_disabled, capability_held, definition_changed, ui_of_refused_tools, name_too_long, name_unknown, caller_not_admitted or server_not_routed. More may come.',
  })
  reason!: string;

  @Field(() => Boolean, { description: 'Whether a call may be refused because of its arguments, where none were given.' })
  dependsOnArguments!: boolean;

  @Field(() => Int, { description: 'The published snapshot revision that decides.' })
  revision!: number;

  ruleId!: string | null;
  mcpServerId!: string;
  subjectId!: string | null;
}
