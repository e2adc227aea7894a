import { Field, InputType, ObjectType } from 'type-graphql';
import { MAX_FORWARDED_HEADERS, type Forwarding } from '../../contract/forwarding.ts';

const FROM =
  "The client's header, in any case. Not one of the protocol (`mcp-…`), the connection, a credential (`authorization`, `cookie`) or the gateway (`x-sluice-…`, `x-forwarded-…`).";
const IDENTITY =
  'The header that carries a JWT which says who calls: ES256, audience = the URL of the upstream, valid for 60 seconds; keys at `/.well-known/sluice-identity/jwks.json` of the gateway.';
const CLAIMS = 'The header that carries the same claims as base64url of JSON, without a signature.';

@ObjectType('McpServerForwardedHeader', { description: 'A header of the client that goes upstream.' })
export class McpServerForwardedHeaderType {
  @Field(() => String, { description: "The client's header, in lower case." })
  from!: string;

  @Field(() => String, { description: 'Its name upstream.' })
  to!: string;
}

@ObjectType('McpServerForwarding', { description: 'What goes upstream with each request besides the message.' })
export class McpServerForwardingType {
  @Field(() => [McpServerForwardedHeaderType], { description: `Headers of the client, at most ${MAX_FORWARDED_HEADERS}.` })
  headers!: readonly McpServerForwardedHeaderType[];

  @Field(() => String, { nullable: true, description: `${IDENTITY} Null: none.` })
  identityHeader!: string | null;

  @Field(() => String, { nullable: true, description: `${CLAIMS} Null: none.` })
  claimsHeader!: string | null;
}

@InputType({ description: 'A header of the client that goes upstream.' })
export class McpServerForwardedHeaderInput {
  @Field(() => String, { description: FROM })
  from!: string;

  @Field(() => String, { nullable: true, description: 'Its name upstream. Absent or null: the same.' })
  to?: string | null;
}

@InputType({ description: 'What goes upstream with each request besides the message: the whole of it.' })
export class McpServerForwardingInput {
  @Field(() => [McpServerForwardedHeaderInput], {
    defaultValue: [],
    description: `Headers of the client, at most ${MAX_FORWARDED_HEADERS}. Values of more than 4,096 characters are left out.`,
  })
  headers!: McpServerForwardedHeaderInput[];

  @Field(() => String, { nullable: true, description: `${IDENTITY} Absent or null: none.` })
  identityHeader?: string | null;

  @Field(() => String, { nullable: true, description: `${CLAIMS} Absent or null: none.` })
  claimsHeader?: string | null;
}

export function toMcpServerForwardingType(forwarding: Forwarding | null | undefined): McpServerForwardingType | null {
  if (forwarding == null) return null;
  const { claimsHeader, headers, identityHeader } = forwarding;
  return { headers, identityHeader: identityHeader ?? null, claimsHeader: claimsHeader ?? null };
}
