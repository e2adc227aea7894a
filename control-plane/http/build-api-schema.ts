import 'reflect-metadata';
import type { GraphQLSchema } from 'graphql';
import { buildSchemaSync, type ContainerType } from 'type-graphql';
import { resolvers } from '../resolvers.ts';

/**
 * The GraphQL schema.
 * @param container makes the resolvers; without it the schema can be printed but not served.
 */
export function buildApiSchema(container?: ContainerType): GraphQLSchema {
  return buildSchemaSync({ resolvers: [...resolvers], container, validate: false, authMode: 'error' });
}
