import { Field, ID, InputType } from 'type-graphql';
import { MAX_REQUIRED_CLAIMS } from './trusted-issuer-rules.ts';

@InputType({ description: 'A claim that a token must have.' })
export class RequiredClaimInput {
  @Field(() => String, { description: 'The name of the claim, 1 to 256 characters.' })
  name!: string;

  @Field(() => String, { description: 'Its value as text, 1 to 256 characters; of a claim that is a list, one element.' })
  value!: string;
}

@InputType({ description: 'An identity provider whose tokens the gateway should accept.' })
export class TrustedIssuerCreateInput {
  @Field(() => ID, { description: 'The organization that trusts it. Never changes.' })
  organizationId!: string;

  @Field(() => String, { description: 'What tokens name as `iss`, exactly: an https URL. Unique in the organization; never changes.' })
  issuer!: string;

  @Field(() => String, { nullable: true, description: 'What `aud` must contain; null: the URL of the MCP server that is called.' })
  audience?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Where its keys are (JWKS), an https URL; null: where its OpenID Connect metadata says.',
  })
  jwksUrl?: string | null;

  @Field(() => [RequiredClaimInput], {
    defaultValue: [],
    description: `Claims that a token must have, at most ${MAX_REQUIRED_CLAIMS}. Where people choose their e-mail address themselves, require \`email_verified\` to be \`true\`.`,
  })
  requiredClaims!: RequiredClaimInput[];

  @Field(() => String, { defaultValue: 'email', description: "The claim whose value is the person's e-mail address, 1 to 256 characters." })
  userClaim!: string;

  @Field(() => Boolean, { defaultValue: true, description: 'Whether its tokens are accepted.' })
  enabled!: boolean;
}

@InputType({ description: 'Changes of a trusted issuer. What is absent stays.' })
export class TrustedIssuerUpdateInput {
  @Field(() => String, { nullable: true, description: 'What `aud` must contain; null: the URL of the MCP server that is called.' })
  audience?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Where its keys are (JWKS), an https URL; null: where its OpenID Connect metadata says.',
  })
  jwksUrl?: string | null;

  @Field(() => [RequiredClaimInput], { nullable: true, description: `The whole set, at most ${MAX_REQUIRED_CLAIMS}. Cannot be null.` })
  requiredClaims?: RequiredClaimInput[] | null;

  @Field(() => String, { nullable: true, description: "The claim whose value is the person's e-mail address. Cannot be null." })
  userClaim?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether its tokens are accepted. Cannot be null.' })
  enabled?: boolean | null;
}
