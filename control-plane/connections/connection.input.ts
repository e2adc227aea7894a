import { Field, ID, InputType } from 'type-graphql';
import { MAX_HEADERS, MAX_NAME_LENGTH, MAX_TOTAL_LENGTH, MAX_VALUE_LENGTH } from './header-rules.ts';

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

@InputType({ description: 'A credential to be stored.' })
export class ConnectionCreateInput {
  @Field(() => ID, { description: 'The server it is for; one whose authentication is CUSTOM_HEADERS. Never changes.' })
  mcpServerId!: string;

  @Field(() => ID, {
    description:
      "Whose credential it is, by the server's granularity: the organization, a workspace of it or a person in it. Never changes.",
  })
  subjectId!: string;

  @Field(() => [ConnectionHeaderInput], { description: `${HEADERS} Each needs a value.` })
  headers!: ConnectionHeaderInput[];
}

@InputType({ description: 'Changes of a credential. What is absent stays.' })
export class ConnectionUpdateInput {
  @Field(() => [ConnectionHeaderInput], { nullable: true, description: `${HEADERS} Cannot be null.` })
  headers?: ConnectionHeaderInput[] | null;
}
