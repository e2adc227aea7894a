import { Field, GraphQLISODateTime, ObjectType, registerEnumType } from 'type-graphql';
import type { McpServer } from './mcp-server.entity.ts';
import { NO_OAUTH_SETTINGS, TokenEndpointAuthMethodSchema, type OauthSettings, type TokenEndpointAuthMethod } from './oauth-settings.ts';

/** The values of {@link TokenEndpointAuthMethod}, for GraphQL. */
export const TokenEndpointAuthMethodEnum = TokenEndpointAuthMethodSchema.enum;

registerEnumType(TokenEndpointAuthMethodEnum, {
  name: 'TokenEndpointAuthMethod',
  description: 'How the gateway proves who it is at a token endpoint (RFC 7591 section 2).',
  valuesConfig: {
    CLIENT_SECRET_BASIC: { description: 'Client id and secret in the `authorization` header.' },
    CLIENT_SECRET_POST: { description: 'Client id and secret in the form.' },
    PRIVATE_KEY_JWT: { description: "A JWT that is signed with the client's private key (RFC 7523). For CLIENT_CREDENTIALS." },
    NONE: { description: 'Not at all: a public client.' },
  },
});

@ObjectType('McpServerAuthorizeParameter', { description: 'A parameter that is added to each authorization request.' })
export class McpServerAuthorizeParameterType {
  @Field(() => String, { description: 'The name.' })
  name!: string;

  @Field(() => String, { description: 'The value.' })
  value!: string;
}

@ObjectType('McpServerOauth', { description: 'How the gateway is an OAuth client of the upstream. Null: discovered.' })
export class McpServerOauthType {
  @Field(() => String, {
    nullable: true,
    description: 'The client that was registered beforehand; null where the gateway registers itself.',
  })
  clientId!: string | null;

  @Field(() => Boolean, { description: 'Whether a client secret is stored. It cannot be read back.' })
  hasClientSecret!: boolean;

  @Field(() => String, { nullable: true, description: 'Changes when the secret does, and tells nothing else; null where none is stored.' })
  clientSecretFingerprint!: string | null;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'When the secret was set; null where none is stored.' })
  clientSecretUpdatedAt!: Date | null;

  @Field(() => [String], { nullable: true, description: 'The scopes to ask for; null: those that the upstream names. At most 100.' })
  scopes!: readonly string[] | null;

  @Field(() => [McpServerAuthorizeParameterType], { description: 'Further parameters of each authorization request; at most 20.' })
  authorizeParameters!: readonly McpServerAuthorizeParameterType[];

  @Field(() => String, { nullable: true, description: 'The issuer of the authorization server.' })
  issuer!: string | null;

  @Field(() => String, { nullable: true, description: 'Where people give consent.' })
  authorizationEndpoint!: string | null;

  @Field(() => String, { nullable: true, description: 'Where tokens come from.' })
  tokenEndpoint!: string | null;

  @Field(() => String, { nullable: true, description: 'Where clients register.' })
  registrationEndpoint!: string | null;

  @Field(() => String, { nullable: true, description: 'Where tokens are taken back.' })
  revocationEndpoint!: string | null;

  @Field(() => TokenEndpointAuthMethodEnum, {
    nullable: true,
    description: 'How the gateway proves who it is at the token endpoint; null: the best one that the authorization server takes.',
  })
  tokenEndpointAuthMethod!: TokenEndpointAuthMethod | null;

  @Field(() => String, { nullable: true, description: 'The `resource` of token requests (RFC 8707); null: as the upstream names it.' })
  resource!: string | null;

  @Field(() => String, { nullable: true, description: 'The `audience` of token requests; null: none is sent.' })
  audience!: string | null;
}

export function toMcpServerOauthType(row: McpServer): McpServerOauthType | null {
  if (row.oauth == null && row.sealedClientSecret == null) return null;
  const settings: OauthSettings = { ...NO_OAUTH_SETTINGS, ...row.oauth };
  return {
    ...settings,
    hasClientSecret: row.sealedClientSecret != null,
    clientSecretFingerprint: row.clientSecretFingerprint ?? null,
    clientSecretUpdatedAt: row.clientSecretUpdatedAt ?? null,
  };
}
