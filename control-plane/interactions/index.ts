export { InteractionFeed, INTERACTIONS_ADDED } from './interaction-feed.ts';
export { InteractionFilter } from './interaction-filter.input.ts';
export { readInteraction, recordExport, streamInteractions, toQuestion } from './interaction-queries.ts';
export { InteractionResolver, McpServerHealthTrafficResolver } from './interaction.resolver.ts';
