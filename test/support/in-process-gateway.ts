import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { EgressPolicy } from '../../contract/egress-policy.ts';
import { generateApiKey } from '../../contract/api-key.ts';
import { KeyRing } from '../../contract/key-ring.ts';
import type { ServerDocument } from '../../contract/snapshot.ts';
import { CallDispatcher } from '../../data-plane/bridge/call-dispatcher.ts';
import { DownBridge, type DownBridgeOptions } from '../../data-plane/bridge/down/down-bridge.ts';
import { UpBridge } from '../../data-plane/bridge/up/up-bridge.ts';
import { handleRequest, type Gateway } from '../../data-plane/handle-request.ts';
import { SseBridge } from '../../data-plane/legacy/sse-bridge.ts';
import { SessionIds } from '../../data-plane/mcp/session-id.ts';
import type { PeerRelay } from '../../data-plane/peers/peer-relay.ts';
import { Authenticator } from '../../data-plane/request/authenticate.ts';
import { PeerPolicy } from '../../data-plane/request/check-peer.ts';
import { listen } from '../../data-plane/server.ts';
import { AccessLog } from '../../data-plane/telemetry/access-log.ts';
import { Metrics } from '../../data-plane/telemetry/metrics.ts';
import { Reporter } from '../../data-plane/telemetry/reporter.ts';
import { Credentials } from '../../data-plane/upstream/credentials.ts';
import { EraProbe } from '../../data-plane/upstream/era-probe.ts';
import { EraVerdicts } from '../../data-plane/upstream/era-verdicts.ts';
import { Forwarder } from '../../data-plane/upstream/forwarder.ts';
import { StreamHeartbeat } from '../../data-plane/upstream/stream-heartbeat.ts';
import { UpstreamPools } from '../../data-plane/upstream/upstream-pools.ts';
import { systemClock } from '../../foundation/clock.ts';
import { routingTableOf } from './routing-table.ts';

export interface InProcessGateway {
  /** The MCP endpoint of the one server it routes to. */
  readonly url: string;
  readonly apiKey: string;
  /** A key of another person. */
  readonly otherKey: string;
  readonly down: DownBridge;
  readonly sse: SseBridge;
  close(): Promise<void>;
}

export interface InProcessSettings {
  readonly upstreamUrl: string;
  readonly transport?: ServerDocument['transport'];
  readonly keepAliveMs?: number;
  /** What one replica shares with the others; made up where there is none. */
  readonly keyRing?: KeyRing;
  readonly peers?: PeerRelay;
  readonly down?: Pick<DownBridgeOptions, 'poolLimits' | 'parkingLimits'>;
}

const [own, other] = [generateApiKey(), generateApiKey()];

/** A key ring of one key. */
export function generateKeyRing(): KeyRing {
  return KeyRing.parse(`a:${randomBytes(32).toString('base64')}`);
}

/** The data plane's pieces in this very process, in front of one upstream, with a routing table that nobody published. */
export async function startInProcessGateway(settings: InProcessSettings): Promise<InProcessGateway> {
  const keyRing = settings.keyRing ?? generateKeyRing();
  const heartbeat = new StreamHeartbeat(settings.keepAliveMs ?? 15_000);
  const pools = new UpstreamPools(EgressPolicy.parse('loopback'));
  const sessions = new SessionIds(keyRing);
  const verdicts = new EraVerdicts();
  const peers = settings.peers ?? { ownId: 'process-1', relay: async () => 'gone' as const };
  const common = { pools, sessions, heartbeat, headTimeoutMs: 10_000, maxStreams: 1_000 };
  const forwarder = new Forwarder(common);
  const up = new UpBridge({ ...common, verdicts, processId: peers.ownId });
  const sse = new SseBridge({ ...common, processId: peers.ownId });
  const down = new DownBridge({ ...common, ...settings.down, keyRing, peers, verdicts });
  const probe = new EraProbe({ pools, verdicts, headTimeoutMs: 10_000 });
  const accessLog = new AccessLog('off');
  const table = routingTableOf(toDocuments(settings));
  const gateway: Gateway = {
    clock: systemClock,
    currentTable: () => table,
    peers: new PeerPolicy({ gatewayUrl: 'http://localhost', allowedHosts: [], allowedOrigins: [] }),
    authenticator: new Authenticator(),
    credentials: new Credentials(keyRing),
    sessions,
    dispatcher: new CallDispatcher({ forwarder, up, down, sse, peers, verdicts, probe }),
    reporter: new Reporter(new Metrics({ openStreams: () => 0, revision: () => 1, snapshotAgeSeconds: () => 0 }), accessLog),
  };
  const server = createServer((req, res) => {
    handleRequest(gateway, req, res).catch((cause: unknown) => {
      process.stderr.write(`bug: ${cause instanceof Error ? cause.stack : String(cause)}\n`);
      if (!res.headersSent) res.writeHead(500);
      res.end();
    });
  });
  const port = await listen(server, '127.0.0.1', 0);
  return {
    url: `http://127.0.0.1:${port}/acme/docs/mcp`,
    apiKey: own.plain,
    otherKey: other.plain,
    down,
    sse,
    async close() {
      server.close();
      await Promise.all([down.close(), up.close(), sse.close()]);
      server.closeAllConnections();
      heartbeat.close();
      accessLog.close();
      await pools.close();
    },
  };
}

function toDocuments({ upstreamUrl, transport }: InProcessSettings) {
  const server: ServerDocument = {
    kind: 'server',
    id: 'mcps_1',
    slug: 'docs',
    name: 'Docs',
    organizationId: 'org_1',
    upstreamUrl,
    transport: transport ?? 'STREAMABLE_HTTP',
    authentication: 'NONE',
    granularity: 'ORGANIZATION',
    maxRequestBytes: 4 * 1024 * 1024,
  };
  const keys = [own, other].map(({ lookup, hash }, position) => ({
    id: `key_${position}`,
    lookup,
    hash,
    kind: 'USER' as const,
    userId: `usr_${position}`,
    scopes: ['MCP'],
  }));
  const route = { slug: 'docs', serverId: 'mcps_1', grantId: 'grant_1', defaultUserAccess: 'ALLOW' as const };
  const workspace = { kind: 'workspace' as const, id: 'ws_1', slug: 'acme', organizationId: 'org_1', routes: [route], keys, members: [] };
  return [workspace, server];
}
