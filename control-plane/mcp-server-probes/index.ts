export { McpServerProbeResolver } from './mcp-server-probe.resolver.ts';
export { probeUpstream } from './probe-upstream.ts';
