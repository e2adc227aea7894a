import { Field, ID, ObjectType } from 'type-graphql';
import { MutationPayload } from '../api/payload.ts';
import { OrganizationType } from './organization.type.ts';

@ObjectType({ description: 'The outcome of organizationCreate.' })
export class OrganizationCreatePayload extends MutationPayload {
  @Field(() => OrganizationType, { nullable: true, description: 'The new organization; null where nothing was changed.' })
  organization?: OrganizationType | null;
}

@ObjectType({ description: 'The outcome of organizationUpdate.' })
export class OrganizationUpdatePayload extends MutationPayload {
  @Field(() => OrganizationType, { nullable: true, description: 'The changed organization; null where nothing was changed.' })
  organization?: OrganizationType | null;
}

@ObjectType({ description: 'The outcome of organizationDelete.' })
export class OrganizationDeletePayload extends MutationPayload {
  @Field(() => ID, { nullable: true, description: 'The id of the organization that is gone; null where nothing was changed.' })
  deletedId?: string | null;
}
