import { Field, GraphQLISODateTime, ID, Int, ObjectType } from 'type-graphql';
import type { CapabilityKind, ToolHints } from '../../contract/access-rule.ts';
import { NodeType } from '../api/node.ts';
import { makeConnectionType } from '../api/page.ts';
import { MutationPayload } from '../api/payload.ts';
import { CapabilityKindEnum } from './capability-kind.ts';
import type { Capability } from './capability.entity.ts';

@ObjectType('ToolHints', {
  description: 'What a tool says of itself (MCP ToolAnnotations). Hints of the upstream, not promises of the gateway.',
})
export class ToolHintsType {
  @Field(() => Boolean, { nullable: true, description: 'It changes nothing; null where it does not say.' })
  readOnlyHint?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: 'It may destroy something; null where it does not say.' })
  destructiveHint?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: 'Repeating a call has no further effect; null where it does not say.' })
  idempotentHint?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: 'It reaches beyond the server; null where it does not say.' })
  openWorldHint?: boolean | null;
}

@ObjectType('Capability', {
  implements: NodeType,
  description: "Something that an upstream offers. Its texts are the upstream's own words: show them, do not trust them.",
})
export class CapabilityType extends NodeType {
  @Field(() => ID, { description: 'Opaque, with the prefix cap_. Never changes.' })
  declare id: string;

  mcpServerId!: string;

  @Field(() => CapabilityKindEnum, { description: 'What kind of thing it is.' })
  kind!: CapabilityKind;

  @Field(() => String, { description: 'The name of a tool or prompt, the URI of a resource, or the URI template.' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'Its name for people; null where it has none.' })
  title!: string | null;

  @Field(() => String, { nullable: true, description: 'What it says it does; null where it says nothing.' })
  description!: string | null;

  @Field(() => String, { description: 'Its whole definition with schemas, JSON, at most 64 KiB.' })
  definition!: string;

  @Field(() => ToolHintsType, { description: 'What a tool says of itself.' })
  annotations!: ToolHints;

  @Field(() => String, { description: 'Changes whenever its name, texts or schemas do: SHA-256, base64url.' })
  definitionDigest!: string;

  @Field(() => String, { nullable: true, description: 'The UI resource of a tool; hidden with the tool. Null where it has none.' })
  uiResourceUri!: string | null;

  @Field(() => GraphQLISODateTime, { description: 'When it was first seen.' })
  firstSeenAt!: Date;

  @Field(() => GraphQLISODateTime, { description: 'When it was last seen.' })
  lastSeenAt!: Date;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'When it was found to be gone; null while the upstream offers it.' })
  vanishedAt!: Date | null;
}

export const CapabilityConnection = makeConnectionType('Capability', () => CapabilityType);

@ObjectType('CapabilityDiscovery', {
  description: 'When an upstream was asked what it offers. That happens regularly, when its lists change, and when somebody connects it.',
})
export class CapabilityDiscoveryType {
  @Field(() => GraphQLISODateTime, { nullable: true, description: 'When it was asked last; null before the first time.' })
  attemptedAt!: Date | null;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'When it last answered; null where it never did.' })
  succeededAt!: Date | null;

  @Field(() => String, {
    nullable: true,
    description: 'One sentence, at most 1,000 characters: what was wrong the last time; null where nothing was.',
  })
  lastError!: string | null;
}

@ObjectType({ description: 'The outcome of mcpServerCapabilitiesRefresh.' })
export class McpServerCapabilitiesRefreshPayload extends MutationPayload {
  @Field(() => Int, { nullable: true, description: 'How many capabilities the upstream offers; null where it could not be asked.' })
  found?: number | null;
}

export function toCapabilityType(row: Capability): CapabilityType {
  const { id, mcpServerId, kind, name, definition, annotations, definitionHash, lastSeenAt } = row;
  return {
    id,
    mcpServerId,
    kind,
    name,
    title: row.title ?? null,
    description: row.description ?? null,
    definition,
    annotations,
    definitionDigest: definitionHash,
    uiResourceUri: row.uiResourceUri ?? null,
    firstSeenAt: row.createdAt,
    lastSeenAt,
    vanishedAt: row.vanishedAt ?? null,
  };
}
