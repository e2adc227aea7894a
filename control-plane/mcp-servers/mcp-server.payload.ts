import { Field, ID, Int, ObjectType } from 'type-graphql';
import { MutationPayload } from '../api/payload.ts';
import { WorkspaceType } from '../workspaces/index.ts';
import { McpServerType } from './mcp-server.type.ts';

@ObjectType({ description: 'The outcome of mcpServerCreate.' })
export class McpServerCreatePayload extends MutationPayload {
  @Field(() => McpServerType, { nullable: true, description: 'The new server; null where nothing was changed.' })
  mcpServer?: McpServerType | null;
}

@ObjectType({ description: 'The outcome of mcpServerUpdate.' })
export class McpServerUpdatePayload extends MutationPayload {
  @Field(() => McpServerType, { nullable: true, description: 'The changed server; null where nothing was changed.' })
  mcpServer?: McpServerType | null;
}

@ObjectType({ description: 'The outcome of mcpServerEnable.' })
export class McpServerEnablePayload extends MutationPayload {
  @Field(() => McpServerType, { nullable: true, description: 'The enabled server; null where nothing was changed.' })
  mcpServer?: McpServerType | null;
}

@ObjectType({ description: 'The outcome of mcpServerDisable.' })
export class McpServerDisablePayload extends MutationPayload {
  @Field(() => McpServerType, { nullable: true, description: 'The disabled server; null where nothing was changed.' })
  mcpServer?: McpServerType | null;
}

@ObjectType({ description: 'The outcome of mcpServerDelete.' })
export class McpServerDeletePayload extends MutationPayload {
  @Field(() => ID, { nullable: true, description: 'The id of the server that is gone; null where nothing was changed.' })
  deletedId?: string | null;

  @Field(() => Int, { description: 'How many workspaces have lost it.' })
  affectedWorkspaceCount!: number;

  @Field(() => [WorkspaceType], { description: 'The workspaces that have lost it, by slug; at most the first 100.' })
  affectedWorkspaces!: readonly WorkspaceType[];
}
