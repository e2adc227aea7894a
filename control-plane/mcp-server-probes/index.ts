export { checkUpstream, type UpstreamPlace } from './check-upstream.ts';
export { explainFailure } from './explain-failure.ts';
export { McpServerProbeResolver } from './mcp-server-probe.resolver.ts';
export { ProbedServerResolver } from './probed-server.resolver.ts';
export { probeUpstream } from './probe-upstream.ts';
export { RegistrationProbeResolver } from './registration-probe.resolver.ts';
