import type { AccessRule, CapabilityPolicy } from '../../contract/access-rule.ts';
import type { Transport } from '../../contract/snapshot.ts';
import { CASE_CAPABILITIES } from './access-cases.ts';
import { startBridgeGateway, type BridgeGateway } from './bridge-gateway.ts';
import { modernRequest, openSession, sendMcp, type McpAnswer, type McpRequest } from './mcp-request.ts';
import { startAccessUpstreams, withRealHash, type AccessUpstreams } from './upstreams/access-upstream.ts';

export type UpstreamKind = 'legacy' | 'modern' | 'sse';

/** A gateway in front of upstreams of every kind that all offer {@link CASE_CAPABILITIES}, under the same rules. */
export interface RuledGateway {
  readonly gateway: BridgeGateway;
  readonly upstreams: AccessUpstreams;
  url(upstream: UpstreamKind): string;
  /** Brings other rules of the workspace into force. */
  publish(rules: readonly AccessRule[]): void;
  /** A request of a modern client. */
  modern(upstream: UpstreamKind, method: string, params: Readonly<Record<string, unknown>>): Promise<McpAnswer>;
  /** A request of a legacy client, in a session of its own unless one is given. */
  legacy(upstream: UpstreamKind, body: McpRequest['body'], rest?: Omit<McpRequest, 'body'>): Promise<McpAnswer>;
  close(): Promise<void>;
}

/** What nobody may use, by exact names. */
export const DENY_DANGEROUS: AccessRule = {
  id: 'rule_dangerous',
  effect: 'DENY',
  capabilities: { patterns: ['delete_repo', 'file:///secret/*'] },
};

const KINDS: readonly UpstreamKind[] = ['legacy', 'modern', 'sse'];

export async function startRuledGateway(
  rules: readonly AccessRule[] = [DENY_DANGEROUS],
  capabilityPolicy?: CapabilityPolicy,
): Promise<RuledGateway> {
  const capabilities = CASE_CAPABILITIES.map(withRealHash);
  const upstreams = await startAccessUpstreams(capabilities);
  const toServer = (kind: UpstreamKind) => {
    const transport: Transport = kind === 'sse' ? 'SSE' : 'STREAMABLE_HTTP';
    return { upstreamUrl: upstreams[`${kind}Url`], transport, capabilities };
  };
  const toRoutes = (own: readonly AccessRule[]) => Object.fromEntries(KINDS.map((kind) => [kind, { rules: [...own], capabilityPolicy }]));
  const gateway = await startBridgeGateway({
    servers: Object.fromEntries(KINDS.map((kind) => [kind, toServer(kind)])),
    routes: toRoutes(rules),
  });
  const url = (upstream: UpstreamKind) => gateway.processes[0]!.url(upstream);
  return {
    gateway,
    upstreams,
    url,
    publish: (others) => gateway.publish({ routes: toRoutes(others) }),
    modern: (upstream, method, params) => sendMcp(url(upstream), { key: gateway.key, ...modernRequest(1, method, params) }),
    legacy: async (upstream, body, rest = {}) => {
      const session = rest.session ?? (await openSession(url(upstream), gateway.key));
      return sendMcp(url(upstream), { key: gateway.key, ...rest, session, body });
    },
    async close() {
      await gateway.close();
      await upstreams.close();
    },
  };
}
