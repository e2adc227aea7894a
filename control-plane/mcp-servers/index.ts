export { McpServerEntity, type McpServer } from './mcp-server.entity.ts';
export { McpServerResolver, OrganizationMcpServersResolver, WorkspaceMcpServersResolver } from './mcp-server.resolver.ts';
export { McpServerService } from './mcp-server-service.ts';
export { findOwnedServerDocuments } from './mcp-server-dependents.ts';
export { batchMcpServers, readMcpServer } from './mcp-server-queries.ts';
export { isServerVisible } from './mcp-server-visibility.ts';
export { GranularityEnum, McpServerType, TransportEnum } from './mcp-server.type.ts';
