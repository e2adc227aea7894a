import { randomUUID } from 'node:crypto';
import { generateApiKey } from '../../contract/api-key.ts';
import { EgressPolicy } from '../../contract/egress-policy.ts';
import type { GatewayReport } from '../../contract/gateway-report.ts';
import type { Route, ServerDocument, SnapshotApiKey, SnapshotDocument, WorkspaceDocument } from '../../contract/snapshot.ts';
import { systemClock } from '../../foundation/clock.ts';
import { err } from '../../foundation/result.ts';
import { openLogger } from '../../foundation/logger.ts';
import type { BridgeLimits } from '../../data-plane/bridge/bridge-limits.ts';
import { HiddenAnswers } from '../../data-plane/access/hidden-answers.ts';
import { Revocation } from '../../data-plane/access/revocation.ts';
import { openDispatcher } from '../../data-plane/bridge/open-dispatcher.ts';
import type { SharedCounts } from '../../data-plane/limits/shared-counts.ts';
import { CallerForwarding } from '../../data-plane/identity/caller-forwarding.ts';
import { IdentityKeys } from '../../data-plane/identity/identity-keys.ts';
import { RateLimiter } from '../../data-plane/limits/rate-limiter.ts';
import { SessionIds } from '../../data-plane/mcp/session-id.ts';
import { openPeers } from '../../data-plane/peers/open-peers.ts';
import { Authenticator } from '../../data-plane/request/authenticate.ts';
import { PeerPolicy } from '../../data-plane/request/check-peer.ts';
import { GatewayServer } from '../../data-plane/server.ts';
import type { RoutingTable } from '../../data-plane/snapshot/routing-table.ts';
import { AccessLog } from '../../data-plane/telemetry/access-log.ts';
import { Metrics } from '../../data-plane/telemetry/metrics.ts';
import { Reporter } from '../../data-plane/telemetry/reporter.ts';
import { Tracing } from '../../data-plane/telemetry/tracing.ts';
import type { TrafficStream } from '../../data-plane/telemetry/traffic/redis-traffic-stream.ts';
import { TrafficReporter } from '../../data-plane/telemetry/traffic/traffic-reporter.ts';
import { TrafficSender } from '../../data-plane/telemetry/traffic/traffic-sender.ts';
import { TrafficSpool } from '../../data-plane/telemetry/traffic/traffic-spool.ts';
import { Credentials } from '../../data-plane/upstream/credentials.ts';
import { ListChanges } from '../../data-plane/upstream/list-changes.ts';
import { StreamHeartbeat } from '../../data-plane/upstream/stream-heartbeat.ts';
import type { SharedEndings } from '../../data-plane/upstream/ended-sessions.ts';
import { CircuitBreakers } from '../../data-plane/upstream/circuit-breaker.ts';
import type { TokenSource } from '../../data-plane/upstream/tokens/token-source.ts';
import { WaitingRoom } from '../../data-plane/upstream/tokens/waiting-room.ts';
import { UpstreamPools } from '../../data-plane/upstream/upstream-pools.ts';
import { WellKnown } from '../../data-plane/well-known/well-known.ts';
import { routingTableOf } from './routing-table.ts';
import { serverDocument, testKeyRing, workspaceDocument } from './test-snapshot.ts';

/** The data plane in this process, without a control plane: for what is between a client and an upstream. */
export interface BridgeGateway {
  /** The key that every client uses. */
  readonly key: string;
  readonly processes: readonly BridgeProcess[];
  /** Ids of servers whose upstream said that its lists changed, as the control plane would be told. */
  readonly changedLists: readonly string[];
  /** Brings another configuration into force, as a revision does. */
  publish(changes: Partial<BridgeGatewayOptions>): void;
  close(): Promise<void>;
}

/** One process of the gateway. */
export interface BridgeProcess {
  readonly id: string;
  /** Where the other processes reach it. */
  readonly peerUrl: string;
  /** Where a server is reached through this process. */
  url(server: string): string;
  /** As if the process were killed: nobody listens any longer. Its report may stay. */
  kill(): Promise<void>;
}

interface Shared {
  table: RoutingTable;
  readonly revocations: Revocation[];
  readonly reports: Map<string, GatewayReport>;
  readonly endings: SharedEndings;
  /** Ids of servers whose lists changed. */
  readonly changedLists: string[];
  readonly tokens: TokenSource;
  readonly limits: BridgeLimits;
  readonly tracing: Tracing;
  readonly traffic: TrafficStream | undefined;
}

/** What the processes of a gateway know in common, without a Redis. */
function inMemoryEndings(): SharedEndings {
  const ended = new Set<string>();
  return { rememberEnd: async (digest) => void ended.add(digest), readEnd: async (digest) => ended.has(digest) };
}

/** There is no Redis: each process counts for itself. */
const NOWHERE: SharedCounts = {
  processes: 1,
  admit: () => Promise.reject(new Error('away')),
  release: () => Promise.reject(new Error('away')),
  renew: () => Promise.reject(new Error('away')),
};

const LIMITS: BridgeLimits = {
  sessionIdleMs: 1_800_000,
  pooledSessionIdleMs: 300_000,
  maxSessions: 10_000,
  maxSessionsPerCaller: 200,
  parkedMs: 600_000,
  maxParkedCalls: 2_000,
  maxParkedBytes: 64 * 1024 * 1024,
};

const NO_TOKENS: TokenSource = { obtain: async () => err({ reason: 'unavailable', retryAfterMs: 1_000 }) };

/** What a test gateway serves. */
export interface BridgeGatewayOptions {
  /** Upstreams by the slug of their server. */
  readonly servers: Readonly<Record<string, Partial<ServerDocument> & { readonly upstreamUrl: string }>>;
  /** How many processes. Default 1. */
  readonly processes?: number;
  /** After how much silence a comment is sent, in milliseconds. */
  readonly keepAliveMs?: number;
  /** Beside the workspace `test` and its servers. */
  readonly documents?: readonly SnapshotDocument[];
  /** What the grant of a server says besides, by its slug. */
  readonly routes?: Readonly<Record<string, Partial<Route>>>;
  /** Keys and people of the workspace, besides those that every test has. */
  readonly people?: Pick<WorkspaceDocument, 'keys' | 'members'>;
  /** Other than those of a process without settings. */
  readonly limits?: Partial<BridgeLimits>;
  /** Where tokens for upstreams come from. Without it there are none. */
  readonly tokens?: TokenSource;
  /** How every process takes part in traces. */
  readonly tracing?: Tracing;
  /** Where interactions are reported to. Without it they are not. */
  readonly traffic?: TrafficStream;
}

/** As in tokens and metadata. The processes listen on ports that the operating system chooses. */
export const GATEWAY_URL = 'http://127.0.0.1';

/** Starts processes that share keys, routes and each other's reports. */
export async function startBridgeGateway(options: BridgeGatewayOptions): Promise<BridgeGateway> {
  const key = generateApiKey();
  const apiKey: SnapshotApiKey = { id: 'key_1', lookup: key.lookup, hash: key.hash, kind: 'USER', userId: 'usr_1', scopes: ['MCP'] };
  const documents = toDocuments(options, apiKey);
  const limits = { ...LIMITS, ...options.limits };
  const table = routingTableOf(documents);
  const shared: Shared = {
    table,
    revocations: [],
    reports: new Map(),
    endings: inMemoryEndings(),
    changedLists: [],
    limits,
    tokens: options.tokens ?? NO_TOKENS,
    tracing: options.tracing ?? new Tracing('header'),
    traffic: options.traffic,
  };
  const processes: BridgeProcess[] = [];
  for (let i = 0; i < (options.processes ?? 1); i++) processes.push(await startProcess(`dp_${i}`, shared, options.keepAliveMs ?? 15_000));
  return {
    key: key.plain,
    processes,
    changedLists: shared.changedLists,
    publish: (changes) => {
      shared.table = routingTableOf(toDocuments({ ...options, ...changes }, apiKey));
      for (const revocation of shared.revocations) revocation.apply(shared.table);
    },
    close: async () => void (await Promise.all(processes.map((process) => process.kill()))),
  };
}

function toDocuments({ documents = [], people, routes = {}, servers }: BridgeGatewayOptions, apiKey: SnapshotApiKey): SnapshotDocument[] {
  const workspace = workspaceDocument('test', Object.keys(servers), {
    keys: [apiKey, ...(people?.keys ?? [])],
    members: [{ userId: 'usr_1', role: 'MEMBER' }, ...(people?.members ?? [])],
  });
  return [
    { ...workspace, routes: workspace.routes.map((route) => ({ ...route, ...routes[route.slug] })) },
    ...Object.entries(servers).map(([slug, server]) => serverDocument(slug, server)),
    ...documents,
  ];
}

/** A stream that always takes everything needs no spool. */
function openReporter(stream: TrafficStream, shared: Shared): TrafficReporter {
  const processId = `dp_${randomUUID()}`;
  const spool = new TrafficSpool('/nowhere', processId, 0);
  const logger = openLogger({ service: 'data-plane', level: 'silent' });
  return new TrafficReporter({
    processId,
    makeSender: (onDropped) => new TrafficSender({ stream, spool, logger, nowMs: Date.now, onDropped }),
    findWorkspace: (name) => shared.table.findWorkspace(name),
    nowMs: Date.now,
  });
}

async function startProcess(id: string, shared: Shared, keepAliveMs: number): Promise<BridgeProcess> {
  const keyRing = testKeyRing();
  const pools = new UpstreamPools(EgressPolicy.parse('loopback'));
  const heartbeat = new StreamHeartbeat(keepAliveMs, 0);
  const sessions = new SessionIds(keyRing);
  const accessLog = new AccessLog('off');
  const breakers = new CircuitBreakers();
  const metrics = new Metrics({
    openStreams: () => heartbeat.size,
    revision: () => 1,
    snapshotAgeSeconds: () => 0,
    openBreakers: () => 0,
    sessions: () => ({ up: 0, down: 0, sse: 0 }),
    parkedCalls: () => 0,
    refusedRevision: () => -1,
    exports: () => new Map(),
  });
  const peers = await openPeers({
    processId: id,
    host: '127.0.0.1',
    keyRing,
    readReport: async (processId) => {
      const report = shared.reports.get(processId);
      return report === undefined ? null : JSON.stringify({ ...report, reportedAtMs: Date.now() });
    },
    readReports: async () => {
      const reports = [...shared.reports].map(
        ([processId, report]) => [processId, JSON.stringify({ ...report, reportedAtMs: Date.now() })] as const,
      );
      return Object.fromEntries(reports);
    },
    serve: (req, res) => server.serveRelayed(req, res),
  });
  shared.reports.set(id, toReport(id, peers.url));
  const bridges = openDispatcher({
    pools,
    sessions,
    heartbeat,
    keyRing,
    peers: peers.relay,
    headTimeoutMs: 30_000,
    maxStreams: 1_000,
    limits: shared.limits,
    endings: shared.endings,
    listChanges: new ListChanges((serverId) => Promise.resolve(shared.changedLists.push(serverId))),
  });
  const peerPolicy = new PeerPolicy({ gatewayUrl: GATEWAY_URL, allowedHosts: [], allowedOrigins: [] });
  const identityKeys = new IdentityKeys(keyRing);
  const authenticator = new Authenticator(GATEWAY_URL);
  shared.revocations.push(new Revocation(authenticator, systemClock, [heartbeat, ...bridges.revocables]));
  const limiter = new RateLimiter({ counts: NOWHERE, clock: systemClock, withoutRedis: 'share', workers: 1 });
  const traffic = shared.traffic === undefined ? undefined : openReporter(shared.traffic, shared);
  const server = new GatewayServer({
    gateway: {
      clock: systemClock,
      keyRing,
      currentTable: () => shared.table,
      peers: peerPolicy,
      wellKnown: new WellKnown(GATEWAY_URL, peerPolicy, identityKeys),
      authenticator,
      hiding: new HiddenAnswers(),
      limiter,
      credentials: new Credentials({ keyRing, source: shared.tokens, waiting: new WaitingRoom(), clock: systemClock }),
      forwarding: new CallerForwarding(GATEWAY_URL, identityKeys, systemClock),
      sessions,
      breakers,
      dispatcher: bridges.dispatcher,
      reporter: new Reporter(metrics, accessLog, breakers, shared.tracing, traffic),
    },
    heartbeat,
    readiness: () => ({ isReady: true, isDraining: false, revision: 1, ageSeconds: 0, source: 'REDIS', refused: null }),
    logger: openLogger({ service: 'data-plane', level: 'error' }, { write: (line) => void process.stderr.write(line) }),
  });
  const port = await server.listen('127.0.0.1', 0);
  let isOver = false;
  return {
    id,
    peerUrl: peers.url,
    url: (slug) => `http://127.0.0.1:${port}/test/${slug}/mcp`,
    kill: async () => {
      if (isOver) return;
      isOver = true;
      await Promise.all([server.drain(0), peers.drain(0)]);
      await bridges.close();
      limiter.close();
      heartbeat.close();
      pools.close();
      await peers.close();
      accessLog.close();
    },
  };
}

function toReport(id: string, peerUrl: string): GatewayReport {
  const facts = { revision: 1, appliedAtMs: 0, source: 'REDIS' as const, refused: null };
  return { id, peerUrl, host: 'test', version: '0', startedAtMs: 0, reportedAtMs: 0, ...facts };
}
