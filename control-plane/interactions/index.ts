export { InteractionFeed, INTERACTIONS_ADDED } from './interaction-feed.ts';
export { InteractionFilter } from './interaction-filter.input.ts';
export { readInteraction } from './interaction-queries.ts';
export { InteractionResolver, McpServerHealthTrafficResolver } from './interaction.resolver.ts';
