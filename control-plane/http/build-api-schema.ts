import 'reflect-metadata';
import type { GraphQLSchema } from 'graphql';
import { buildSchemaSync, getMetadataStorage, type ContainerType, type PubSub } from 'type-graphql';
import { resolvers } from '../resolvers.ts';

/** TypeGraphQL wants one where there are subscriptions. Ours say themselves what they follow, so it is never asked. */
const NO_TOPICS: PubSub = {
  publish: () => undefined,
  subscribe: (topic) => {
    throw new Error(`subscriptions follow a LiveTopic, not ${topic}`);
  },
};

/**
 * The GraphQL schema.
 * @param container makes the resolvers; without it the schema can be printed but not served.
 */
export function buildApiSchema(container?: ContainerType): GraphQLSchema {
  // A field without a resolver is a property, which graphql reads itself. Otherwise each would get a function of its own, for middleware.
  for (const type of getMetadataStorage().objectTypes) type.simpleResolvers = true;
  return buildSchemaSync({ resolvers: [...resolvers], container, validate: false, authMode: 'error', pubSub: NO_TOPICS });
}
