import { Field, ID, InputType } from 'type-graphql';
import type { OrganizationRole } from '../authorization/index.ts';
import { OrganizationRoleEnum } from '../identity/index.ts';

@InputType({ description: 'An OpenID Connect provider by which people should sign in.' })
export class IdentityProviderCreateInput {
  @Field(() => ID, { description: 'The organization whose people sign in by it. Never changes.' })
  organizationId!: string;

  @Field(() => String, { description: 'The issuer, an https URL. Unique in the organization; never changes.' })
  issuer!: string;

  @Field(() => String, { description: 'What the button on the sign-in page says, 1 to 120 characters.' })
  name!: string;

  @Field(() => String, { description: 'The client id that Sluice has there, 1 to 256 characters.' })
  clientId!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Its client secret, 1 to 1024 characters; null: a public client. Cannot be read back.',
  })
  clientSecret?: string | null;

  @Field(() => [String], {
    defaultValue: ['openid', 'profile', 'email'],
    description: 'The scopes that are asked for, at most 20; openid must be among them.',
  })
  scopes!: string[];

  @Field(() => String, { defaultValue: 'email', description: 'The claim with the e-mail address.' })
  emailClaim!: string;

  @Field(() => String, { defaultValue: 'name', description: 'The claim with the name.' })
  nameClaim!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The claim with the groups, which are kept on the person; null: groups are not asked for.',
  })
  groupsClaim?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Only verified e-mail addresses of this domain are let in, in lowercase; null: of any.',
  })
  emailDomain?: string | null;

  @Field(() => String, { nullable: true, description: 'Only people of this group are let in; needs groupsClaim; null: of any.' })
  requiredGroup?: string | null;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Whether people with a verified e-mail address are added to the organization when they first sign in.',
  })
  createsUsers!: boolean;

  @Field(() => OrganizationRoleEnum, { defaultValue: 'MEMBER', description: 'The role of people who are added: ADMIN, MEMBER or AUDITOR.' })
  defaultRole!: OrganizationRole;

  @Field(() => Boolean, { defaultValue: true, description: 'Whether people can sign in by it.' })
  enabled!: boolean;
}

@InputType({ description: 'Changes of an identity provider. What is absent stays.' })
export class IdentityProviderUpdateInput {
  @Field(() => String, { nullable: true, description: 'What the button on the sign-in page says, 1 to 120 characters. Cannot be null.' })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'The client id that Sluice has there, 1 to 256 characters. Cannot be null.' })
  clientId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Its client secret, 1 to 1024 characters; null: a public client. Cannot be read back.',
  })
  clientSecret?: string | null;

  @Field(() => [String], {
    nullable: true,
    description: 'The scopes that are asked for, at most 20; openid must be among them. Cannot be null.',
  })
  scopes?: string[] | null;

  @Field(() => String, { nullable: true, description: 'The claim with the e-mail address. Cannot be null.' })
  emailClaim?: string | null;

  @Field(() => String, { nullable: true, description: 'The claim with the name. Cannot be null.' })
  nameClaim?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The claim with the groups, which are kept on the person; null: groups are not asked for.',
  })
  groupsClaim?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Only verified e-mail addresses of this domain are let in, in lowercase; null: of any.',
  })
  emailDomain?: string | null;

  @Field(() => String, { nullable: true, description: 'Only people of this group are let in; needs groupsClaim; null: of any.' })
  requiredGroup?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether people with a verified e-mail address are added to the organization when they first sign in. Cannot be null.',
  })
  createsUsers?: boolean | null;

  @Field(() => OrganizationRoleEnum, {
    nullable: true,
    description: 'The role of people who are added: ADMIN, MEMBER or AUDITOR. Cannot be null.',
  })
  defaultRole?: OrganizationRole | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether people can sign in by it. Cannot be null.' })
  enabled?: boolean | null;
}
