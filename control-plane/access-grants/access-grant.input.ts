import { Field, ID, InputType } from 'type-graphql';
import type { CapabilityPolicy } from '../../contract/access-rule.ts';
import type { PayloadCapture, UserAccess } from '../../contract/snapshot.ts';
import { PayloadCaptureEnum } from '../mcp-servers/index.ts';
import { NewCapabilitiesEnum, UserAccessEnum } from './access-grant.type.ts';
import { MAX_USER_OVERRIDES } from './user-overrides.ts';

const OVERRIDES = `The exceptions from it: the whole set, at most ${MAX_USER_OVERRIDES}, one a person of the organization. One for somebody who is not a member of the workspace has no effect until they are.`;
const NEW_CAPABILITIES =
  'What becomes of capabilities that the server did not offer before. With HOLD, what can be used at that moment counts as approved.';
const PINS =
  'Whether a capability whose definition changes is held until somebody approves the difference. What can be used at that moment is pinned as it is, and what appears later as it first appears or is approved.';

@InputType({ description: "One person's exception in a grant." })
export class UserOverrideInput {
  @Field(() => ID, { description: 'The person.' })
  userId!: string;

  @Field(() => UserAccessEnum, { description: 'What holds for them.' })
  access!: UserAccess;
}

@InputType({ description: 'A server to be made available to a workspace.' })
export class AccessGrantCreateInput {
  @Field(() => ID, { description: 'The workspace. Never changes.' })
  workspaceId!: string;

  @Field(() => ID, { description: 'The server: of the same organization, and not owned by another workspace. Never changes.' })
  mcpServerId!: string;

  @Field(() => Boolean, { defaultValue: true, description: 'Whether the grant is in force.' })
  enabled!: boolean;

  @Field(() => UserAccessEnum, { defaultValue: UserAccessEnum.ALLOW, description: 'What holds for people who have no override.' })
  defaultUserAccess!: UserAccess;

  @Field(() => PayloadCaptureEnum, {
    nullable: true,
    description:
      'What of calls through the grant is kept in the log of interactions besides their facts. Absent or null: what the server says.',
  })
  payloadCapture?: PayloadCapture | null;

  @Field(() => [UserOverrideInput], { defaultValue: [], description: OVERRIDES })
  userOverrides!: UserOverrideInput[];

  @Field(() => NewCapabilitiesEnum, { defaultValue: NewCapabilitiesEnum.ALLOW, description: NEW_CAPABILITIES })
  newCapabilities!: CapabilityPolicy['newCapabilities'];

  @Field(() => Boolean, { defaultValue: false, description: PINS })
  pinsDefinitions!: boolean;
}

@InputType({ description: 'Changes of a grant. What is absent stays.' })
export class AccessGrantUpdateInput {
  @Field(() => Boolean, { nullable: true, description: 'Whether the grant is in force. Cannot be null.' })
  enabled?: boolean | null;

  @Field(() => UserAccessEnum, { nullable: true, description: 'What holds for people who have no override. Cannot be null.' })
  defaultUserAccess?: UserAccess | null;

  @Field(() => PayloadCaptureEnum, {
    nullable: true,
    description: 'What of calls through the grant is kept in the log of interactions besides their facts. Null: what the server says.',
  })
  payloadCapture?: PayloadCapture | null;

  @Field(() => [UserOverrideInput], { nullable: true, description: `${OVERRIDES} Cannot be null.` })
  userOverrides?: UserOverrideInput[] | null;

  @Field(() => NewCapabilitiesEnum, { nullable: true, description: `${NEW_CAPABILITIES} Cannot be null.` })
  newCapabilities?: CapabilityPolicy['newCapabilities'] | null;

  @Field(() => Boolean, { nullable: true, description: `${PINS} Cannot be null.` })
  pinsDefinitions?: boolean | null;
}
