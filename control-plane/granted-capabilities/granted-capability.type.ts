import { Field, GraphQLISODateTime, ID, ObjectType, registerEnumType } from 'type-graphql';
import type { CapabilityKind } from '../../contract/access-rule.ts';
import { makeConnectionType } from '../api/page.ts';
import { CapabilityKindEnum } from '../capabilities/index.ts';
import type { GrantedCapability, GrantedCapabilityState } from './granted-capability.entity.ts';

/** The values of {@link GrantedCapabilityState}, for GraphQL. */
export const GrantedCapabilityStateEnum: Readonly<Record<GrantedCapabilityState, GrantedCapabilityState>> = {
  AVAILABLE: 'AVAILABLE',
  DISABLED: 'DISABLED',
  HELD: 'HELD',
  CHANGED: 'CHANGED',
  GONE: 'GONE',
};

registerEnumType(GrantedCapabilityStateEnum, {
  name: 'AccessGrantCapabilityState',
  description: 'Whether a capability can be used through a grant, before rules and people are looked at: those `explainAccess` explains.',
  valuesConfig: {
    AVAILABLE: { description: 'It can be used.' },
    DISABLED: { description: 'It is switched off.' },
    HELD: { description: 'It appeared after the grant began to hold what is new, and nobody approved it yet.' },
    CHANGED: { description: 'Its definition is not the one that was approved, and definitions are pinned.' },
    GONE: { description: 'The upstream does not offer it any longer.' },
  },
});

@ObjectType('CapabilityDifference', { description: 'A part of a definition that is not what was approved.' })
export class CapabilityDifferenceType {
  @Field(() => String, { description: 'The part, such as description, inputSchema or annotations.' })
  part!: string;

  @Field(() => String, {
    nullable: true,
    description: 'As it was approved: JSON with sorted keys, indented. Null where it had no such part.',
  })
  approved!: string | null;

  @Field(() => String, { nullable: true, description: 'As it is: JSON with sorted keys, indented. Null where it has no such part.' })
  current!: string | null;
}

@ObjectType('AccessGrantCapability', {
  description:
    "A capability of a granted server, with what the grant says about it. Where the grant has no words of its own, its texts are the upstream's: show them, do not trust them.",
})
export class GrantedCapabilityType {
  @Field(() => ID, { description: 'Opaque: one for each grant and capability. Never changes.' })
  id!: string;

  accessGrantId!: string;
  capabilityId!: string;
  mcpServerId!: string;
  definitionHash!: string;
  approvedHash!: string | null;

  @Field(() => CapabilityKindEnum, { description: 'What kind of thing it is.' })
  kind!: CapabilityKind;

  @Field(() => String, { description: "The name under which the workspace knows it: `exposedName`, or the upstream's." })
  name!: string;

  @Field(() => String, {
    nullable: true,
    description: "The title that lists show: `exposedTitle`, or the upstream's. Null where it has none.",
  })
  title!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The description that lists show: `exposedDescription`, or the upstream's. Null where it has none.",
  })
  description!: string | null;

  @Field(() => GrantedCapabilityStateEnum, { description: 'Whether it can be used through the grant.' })
  state!: GrantedCapabilityState;

  @Field(() => Boolean, { description: 'Whether it is switched on. What is on may be held still: see `state`.' })
  enabled!: boolean;

  @Field(() => String, { nullable: true, description: "The name that replaces the upstream's; null where none does." })
  exposedName!: string | null;

  @Field(() => String, { nullable: true, description: "The title that replaces the upstream's; null where none does." })
  exposedTitle!: string | null;

  @Field(() => String, { nullable: true, description: "The description that replaces the upstream's; null where none does." })
  exposedDescription!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The digest of the approved definition: `capability.definitionDigest` of that time. Null where none was approved.',
  })
  approvedDigest!: string | null;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'When its definition was approved; null where none was.' })
  approvedAt!: Date | null;
}

export const GrantedCapabilityConnection = makeConnectionType('AccessGrantCapability', () => GrantedCapabilityType);

export function toGrantedCapabilityType(row: GrantedCapability): GrantedCapabilityType {
  const { id, accessGrantId, capabilityId, mcpServerId, definitionHash, kind, state } = row;
  return {
    id,
    accessGrantId,
    capabilityId,
    mcpServerId,
    definitionHash,
    approvedHash: row.approvedHash ?? null,
    kind,
    name: row.exposedName ?? row.name,
    title: row.exposedTitle ?? row.title ?? null,
    description: row.exposedDescription ?? row.description ?? null,
    state,
    enabled: !row.disabled,
    exposedName: row.exposedName ?? null,
    exposedTitle: row.exposedTitle ?? null,
    exposedDescription: row.exposedDescription ?? null,
    approvedDigest: row.approvedHash ?? null,
    approvedAt: row.approvedAt ?? null,
  };
}
