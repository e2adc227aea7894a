import { Field, GraphQLISODateTime, ID, Int, ObjectType } from 'type-graphql';
import { NodeType } from '../api/node.ts';
import { makeConnectionType } from '../api/page.ts';
import { OrganizationRoleEnum } from '../identity/index.ts';
import type { IdentityProvider, ProvidedRole } from './identity-provider.entity.ts';

@ObjectType('IdentityProvider', {
  implements: NodeType,
  description: 'An OpenID Connect provider by which people of an organization sign in to the control plane.',
})
export class IdentityProviderType extends NodeType {
  @Field(() => ID, { description: 'Opaque, with the prefix idp_. Never changes.' })
  declare id: string;

  organizationId!: string;

  @Field(() => String, { description: 'What the button on the sign-in page says, 1 to 120 characters.' })
  name!: string;

  @Field(() => String, { description: 'The issuer. Unique in the organization; never changes.' })
  issuer!: string;

  @Field(() => String, { description: 'The client id that Sluice has there.' })
  clientId!: string;

  @Field(() => Boolean, { description: 'Whether a client secret is stored. The secret itself cannot be read back.' })
  hasClientSecret!: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'Changes when the client secret does, and tells nothing else; null where there is none.',
  })
  clientSecretFingerprint?: string | null;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'When the client secret was last set; null where there is none.' })
  clientSecretUpdatedAt?: Date | null;

  @Field(() => [String], { description: 'The scopes that are asked for, at most 20.' })
  scopes!: string[];

  @Field(() => String, { description: 'The claim with the e-mail address.' })
  emailClaim!: string;

  @Field(() => String, { description: 'The claim with the name.' })
  nameClaim!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The claim with the groups, which are kept on the person; null: groups are not asked for.',
  })
  groupsClaim?: string | null;

  @Field(() => String, { nullable: true, description: 'Only verified e-mail addresses of this domain are let in; null: of any.' })
  emailDomain?: string | null;

  @Field(() => String, { nullable: true, description: 'Only people of this group are let in; null: of any.' })
  requiredGroup?: string | null;

  @Field(() => Boolean, { description: 'Whether people are added to the organization when they first sign in.' })
  createsUsers!: boolean;

  @Field(() => OrganizationRoleEnum, { description: 'The role of people who are added when they first sign in.' })
  defaultRole!: ProvidedRole;

  @Field(() => Boolean, { description: 'Whether people can sign in by it.' })
  enabled!: boolean;

  @Field(() => GraphQLISODateTime, { description: 'When it was created.' })
  createdAt!: Date;

  @Field(() => GraphQLISODateTime, { description: 'When it was last changed.' })
  updatedAt!: Date;

  @Field(() => Int, { description: 'Counts its changes; pass it as `expectedVersion`.' })
  version!: number;
}

export const IdentityProviderConnection = makeConnectionType('IdentityProvider', () => IdentityProviderType);

export function toIdentityProviderType(row: IdentityProvider): IdentityProviderType {
  const { id, organizationId, name, issuer, clientId, clientSecretFingerprint, clientSecretUpdatedAt, scopes, ...rest } = row;
  const { emailClaim, nameClaim, groupsClaim, emailDomain, requiredGroup, createsUsers, defaultRole, enabled, createdAt } = rest;
  return {
    id,
    organizationId,
    name,
    issuer,
    clientId,
    hasClientSecret: row.sealedClientSecret != null,
    clientSecretFingerprint,
    clientSecretUpdatedAt,
    scopes,
    emailClaim,
    nameClaim,
    groupsClaim,
    emailDomain,
    requiredGroup,
    createsUsers,
    defaultRole,
    enabled,
    createdAt,
    updatedAt: row.updatedAt,
    version: row.version,
  };
}
