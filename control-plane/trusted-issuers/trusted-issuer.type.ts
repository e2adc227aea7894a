import { Field, GraphQLISODateTime, ID, Int, ObjectType } from 'type-graphql';
import { NodeType } from '../api/node.ts';
import { makeConnectionType } from '../api/page.ts';
import { MAX_REQUIRED_CLAIMS } from './trusted-issuer-rules.ts';
import type { TrustedIssuerRow } from './trusted-issuer.entity.ts';

@ObjectType({ description: 'A claim that a token must have.' })
export class RequiredClaim {
  @Field(() => String, { description: 'The name of the claim.' })
  name!: string;

  @Field(() => String, { description: 'Its value, as text; of a claim that is a list, one element.' })
  value!: string;
}

@ObjectType('TrustedIssuer', {
  implements: NodeType,
  description: 'An identity provider whose tokens (JWT) the gateway accepts in every workspace of an organization.',
})
export class TrustedIssuerType extends NodeType {
  @Field(() => ID, { description: 'Opaque, with the prefix tiss_. Never changes.' })
  declare id: string;

  organizationId!: string;

  @Field(() => String, { description: 'What tokens name as `iss`, exactly. Unique in the organization; never changes.' })
  issuer!: string;

  @Field(() => String, { nullable: true, description: 'What `aud` must contain; null: the URL of the MCP server that is called.' })
  audience?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Where its keys are (JWKS); null: where its OpenID Connect metadata says.',
  })
  jwksUrl?: string | null;

  @Field(() => [RequiredClaim], { description: `Claims that a token must have, at most ${MAX_REQUIRED_CLAIMS}, by name.` })
  requiredClaims!: RequiredClaim[];

  @Field(() => String, { description: "The claim whose value is the person's e-mail address." })
  userClaim!: string;

  @Field(() => Boolean, { description: 'Whether its tokens are accepted.' })
  enabled!: boolean;

  @Field(() => Int, { description: 'How many keys are known that its tokens may be signed with.' })
  keyCount!: number;

  @Field(() => GraphQLISODateTime, { description: 'When its keys were last read. They are read again every few minutes.' })
  keysReadAt!: Date;

  @Field(() => String, {
    nullable: true,
    description: 'Why the last reading of its keys failed, in words; the keys known before stay in force. Null where it did not fail.',
  })
  keysFailure?: string | null;

  @Field(() => GraphQLISODateTime, { description: 'When it was created.' })
  createdAt!: Date;

  @Field(() => GraphQLISODateTime, { description: 'When somebody last changed it.' })
  updatedAt!: Date;

  @Field(() => Int, { description: 'Counts its changes; pass it as `expectedVersion`.' })
  version!: number;
}

export const TrustedIssuerConnection = makeConnectionType('TrustedIssuer', () => TrustedIssuerType);

export function toTrustedIssuerType(row: TrustedIssuerRow): TrustedIssuerType {
  const { id, organizationId, issuer, audience, jwksUrl, userClaim, enabled, keysReadAt, keysFailure, createdAt, updatedAt, version } = row;
  const claims = Object.entries(row.requiredClaims).map(([name, value]) => ({ name, value }));
  const requiredClaims = claims.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const rest = { userClaim, enabled, keyCount: row.keys.length, keysReadAt, keysFailure, createdAt, updatedAt, version };
  return { id, organizationId, issuer, audience, jwksUrl, requiredClaims, ...rest };
}
