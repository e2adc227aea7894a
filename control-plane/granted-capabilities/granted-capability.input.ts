import { Field, ID, InputType } from 'type-graphql';

/** How many capabilities one mutation changes or approves at most. */
export const MAX_CAPABILITIES_AT_ONCE = 500;

@InputType({ description: 'What a grant says about some capabilities. What is absent stays.' })
export class AccessGrantCapabilityUpdateInput {
  @Field(() => [ID], {
    description: `The capabilities (\`Capability.id\`), each named once: 1 to ${MAX_CAPABILITIES_AT_ONCE}. One where a name is given.`,
  })
  capabilityIds!: string[];

  @Field(() => Boolean, { nullable: true, description: 'Whether they are switched on. Cannot be null.' })
  enabled?: boolean | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The name under which the workspace knows a tool or prompt; its own name then means nothing there. 1 to 128 of A-Z, a-z, 0-9, "_", "-", "." and "/". Null gives it its own name back. TAKEN: another one of the kind has that name in the grant.',
  })
  exposedName?: string | null;

  @Field(() => String, { nullable: true, description: "The title that lists show, at most 200 characters; null shows the upstream's." })
  exposedTitle?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The description that lists show, at most 8,192 characters; null shows the upstream's.",
  })
  exposedDescription?: string | null;
}

@InputType({ description: 'A definition that somebody looked at.' })
export class CapabilityApprovalInput {
  @Field(() => ID, { description: 'The capability (`Capability.id`).' })
  capabilityId!: string;

  @Field(() => String, {
    description: '`Capability.definitionDigest` of what was looked at: a definition that changed since is not approved.',
  })
  definitionDigest!: string;
}

@InputType({ description: 'Definitions to be approved, all or none.' })
export class AccessGrantCapabilityApproveInput {
  @Field(() => [CapabilityApprovalInput], { description: `1 to ${MAX_CAPABILITIES_AT_ONCE}, each capability once.` })
  approvals!: CapabilityApprovalInput[];
}
