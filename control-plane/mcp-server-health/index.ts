export { HealthChecks } from './health-checks.ts';
export { McpServerHealthResolver } from './mcp-server-health.resolver.ts';
