export { HealthChecks } from './health-checks.ts';
export { McpServerHealthResolver } from './mcp-server-health.resolver.ts';
export { McpServerHealthType } from './mcp-server-health.type.ts';
