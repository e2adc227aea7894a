import { Field, ID, InputType } from 'type-graphql';
import { MAX_HEADERS, MAX_NAME_LENGTH, MAX_TOTAL_LENGTH, MAX_VALUE_LENGTH } from '../mcp-servers/index.ts';

const HEADERS = `The whole set, 1 to ${MAX_HEADERS} headers of at most ${MAX_TOTAL_LENGTH} characters in all, each name once, whatever the case of its letters.`;

@InputType({ description: 'A header of a credential.' })
export class ConnectionHeaderInput {
  @Field(() => String, {
    description: `The name, at most ${MAX_NAME_LENGTH} characters. Not one that the gateway sets itself, such as Host, Content-Type, Accept, Mcp-* or X-Sluice-*.`,
  })
  name!: string;

  @Field(() => String, {
    nullable: true,
    description: `The value: visible ASCII, at most ${MAX_VALUE_LENGTH} characters. Never readable again. In an update, absent or null keeps the value that is stored under the name.`,
  })
  value?: string | null;
}

@InputType({
  description: 'A client of its own by which a subject gets access tokens (RFC 6749 section 4.4). It has a secret or a private key.',
})
export class ConnectionClientInput {
  @Field(() => String, { description: 'The client id, at most 2,048 characters.' })
  clientId!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'The client secret, at most 4,096 visible ASCII characters; never readable again. Owners and administrators may enter a reference instead: `env:SLUICE_SECRET_<ORGANIZATION>__<NAME>` or `file:<name>`.',
  })
  clientSecret?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The private key that signs assertions (RFC 7523): PKCS #8 in PEM, or a JWK as JSON, at most 16,384 characters; never readable again. Or a reference, as for the secret.',
  })
  privateKey?: string | null;

  @Field(() => String, {
    defaultValue: 'ES256',
    description: 'The algorithm of the private key: ES256, ES384, ES512, RS256, RS384, RS512, PS256, PS384 or PS512.',
  })
  algorithm!: string;

  @Field(() => [String], {
    nullable: true,
    description:
      "The scopes to ask for, at most 100 of at most 256 characters. Absent or null: those of the server's settings, or that the upstream names.",
  })
  scopes?: string[] | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The `resource` to ask for (RFC 8707), at most 2,048 characters. Absent or null: that of the server's settings, or as the upstream names it.",
  })
  resource?: string | null;
}

@InputType({ description: 'A credential to be stored.' })
export class ConnectionCreateInput {
  @Field(() => ID, {
    description:
      'The server it is for; one whose authentication is CUSTOM_HEADERS or CLIENT_CREDENTIALS. For OAUTH see `connectionAuthorize`. Never changes.',
  })
  mcpServerId!: string;

  @Field(() => ID, {
    description:
      "Whose credential it is, by the server's granularity: the organization, a workspace of it or a person in it. Never changes.",
  })
  subjectId!: string;

  @Field(() => [ConnectionHeaderInput], { nullable: true, description: `For CUSTOM_HEADERS. ${HEADERS} Each needs a value.` })
  headers?: ConnectionHeaderInput[] | null;

  @Field(() => ConnectionClientInput, { nullable: true, description: 'For CLIENT_CREDENTIALS.' })
  clientCredentials?: ConnectionClientInput | null;
}

@InputType({ description: 'Changes of a credential. What is absent stays.' })
export class ConnectionUpdateInput {
  @Field(() => [ConnectionHeaderInput], { nullable: true, description: `${HEADERS} Cannot be null.` })
  headers?: ConnectionHeaderInput[] | null;

  @Field(() => ConnectionClientInput, {
    nullable: true,
    description: 'For CLIENT_CREDENTIALS: the client as a whole; a token is obtained for it at once. Cannot be null.',
  })
  clientCredentials?: ConnectionClientInput | null;
}
