import { Field, InputType } from 'type-graphql';
import {
  MAX_AUTHORIZE_PARAMETERS,
  MAX_CLIENT_ID_LENGTH,
  MAX_CLIENT_SECRET_LENGTH,
  MAX_PARAMETER_NAME_LENGTH,
  MAX_PARAMETER_VALUE_LENGTH,
  MAX_SCOPE_LENGTH,
  MAX_SCOPES,
  type TokenEndpointAuthMethod,
} from './oauth-settings.ts';
import { TokenEndpointAuthMethodEnum } from './oauth-settings.type.ts';

const ENDPOINT_RULES = 'https, or http on the loopback interface; public or allowed by the operator; at most 2,048 characters.';
const HELD = 'HAS_DEPENDENTS while a client secret is stored and not entered again, or connections of CLIENT_CREDENTIALS are.';

@InputType({ description: 'A parameter that is added to each authorization request.' })
export class McpServerAuthorizeParameterInput {
  @Field(() => String, {
    description: `The name: letters, digits and _ . ~ -, at most ${MAX_PARAMETER_NAME_LENGTH} characters. Not one that the gateway decides itself, such as client_id, redirect_uri, state or scope.`,
  })
  name!: string;

  @Field(() => String, { description: `The value, at most ${MAX_PARAMETER_VALUE_LENGTH} characters.` })
  value!: string;
}

@InputType({
  description: 'How the gateway is an OAuth client of the upstream. What is absent stays as it is; null is left to discovery again.',
})
export class McpServerOauthInput {
  @Field(() => String, {
    nullable: true,
    description: `A client that was registered at the authorization server beforehand, at most ${MAX_CLIENT_ID_LENGTH} characters. Without one the gateway uses its client id metadata document or registers itself. For OAUTH only: with CLIENT_CREDENTIALS each connection has its own.`,
  })
  clientId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: `The secret of that client, at most ${MAX_CLIENT_SECRET_LENGTH} visible ASCII characters; never readable again. Or a reference that is looked up whenever it is used: \`env:SLUICE_SECRET_<ORGANIZATION>__<NAME>\` or \`file:<name>\`. It is sent to the first authorization server that it is used with, and to no other.`,
  })
  clientSecret?: string | null;

  @Field(() => [String], {
    nullable: true,
    description: `The scopes to ask for, exactly these: at most ${MAX_SCOPES} of at most ${MAX_SCOPE_LENGTH} characters. Null: those that the upstream names.`,
  })
  scopes?: string[] | null;

  @Field(() => [McpServerAuthorizeParameterInput], {
    nullable: true,
    description: `Further parameters of each authorization request, for example prompt or access_type; at most ${MAX_AUTHORIZE_PARAMETERS}. The whole set; null clears it.`,
  })
  authorizeParameters?: McpServerAuthorizeParameterInput[] | null;

  @Field(() => String, {
    nullable: true,
    description: `The issuer of the authorization server, where it is not the one that the upstream names: ${ENDPOINT_RULES} ${HELD}`,
  })
  issuer?: string | null;

  @Field(() => String, { nullable: true, description: `Where people give consent, instead of what is discovered: ${ENDPOINT_RULES}` })
  authorizationEndpoint?: string | null;

  @Field(() => String, { nullable: true, description: `Where tokens come from, instead of what is discovered: ${ENDPOINT_RULES} ${HELD}` })
  tokenEndpoint?: string | null;

  @Field(() => String, { nullable: true, description: `Where clients register, instead of what is discovered: ${ENDPOINT_RULES}` })
  registrationEndpoint?: string | null;

  @Field(() => String, {
    nullable: true,
    description: `Where tokens are taken back, instead of what is discovered: ${ENDPOINT_RULES} ${HELD}`,
  })
  revocationEndpoint?: string | null;

  @Field(() => TokenEndpointAuthMethodEnum, {
    nullable: true,
    description: 'How the gateway proves who it is at the token endpoint. Null: the best one that the authorization server takes.',
  })
  tokenEndpointAuthMethod?: TokenEndpointAuthMethod | null;

  @Field(() => String, {
    nullable: true,
    description: 'The `resource` of token requests (RFC 8707), at most 2,048 characters. Null: as the upstream names it.',
  })
  resource?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The `audience` of token requests, which some authorization servers want instead of `resource`; at most 2,048 characters.',
  })
  audience?: string | null;
}
