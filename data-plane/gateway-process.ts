import { RedisKeys } from '../contract/redis-keys.ts';
import { systemClock } from '../foundation/clock.ts';
import { openSampler } from '../foundation/otlp/sampler.ts';
import type { Telemetry } from '../foundation/otlp/telemetry.ts';
import { makeStringsQuick } from '../foundation/quick-strings.ts';
import { HiddenAnswers } from './access/hidden-answers.ts';
import { Revocation } from './access/revocation.ts';
import { openDispatcher } from './bridge/open-dispatcher.ts';
import type { DataPlaneConfig } from './config.ts';
import { CallerForwarding } from './identity/caller-forwarding.ts';
import { IdentityKeys } from './identity/identity-keys.ts';
import { RedisCounts } from './limits/redis-counts.ts';
import { RateLimiter } from './limits/rate-limiter.ts';
import { SessionIds } from './mcp/session-id.ts';
import { openPeers } from './peers/open-peers.ts';
import type { ReadinessReport } from './request/answer-probe.ts';
import { Authenticator } from './request/authenticate.ts';
import { PeerPolicy } from './request/check-peer.ts';
import { GatewayServer } from './server.ts';
import { openCountingClient } from './snapshot/open-redis.ts';
import { openSnapshot } from './snapshot/open-snapshot.ts';
import type { RoutingTable } from './snapshot/routing-table.ts';
import { AccessLog } from './telemetry/access-log.ts';
import { METRIC_ALIASES, Metrics } from './telemetry/metrics.ts';
import { Reporter } from './telemetry/reporter.ts';
import { Tracing } from './telemetry/tracing.ts';
import { openTraffic } from './telemetry/traffic/open-traffic.ts';
import { addTrafficMetrics } from './telemetry/traffic/traffic-metrics.ts';
import { CircuitBreakers } from './upstream/circuit-breaker.ts';
import { Credentials } from './upstream/credentials.ts';
import { ControlPlaneClient } from './upstream/tokens/control-plane-client.ts';
import { UpstreamTokens } from './upstream/tokens/upstream-tokens.ts';
import { WaitingRoom } from './upstream/tokens/waiting-room.ts';
import { ListChanges } from './upstream/list-changes.ts';
import { StreamHeartbeat } from './upstream/stream-heartbeat.ts';
import { UpstreamPools } from './upstream/upstream-pools.ts';
import { WellKnown } from './well-known/well-known.ts';

/** A process that serves requests. */
export interface GatewayProcess {
  readonly port: number;
  readonly metrics: Metrics;
  readiness(): ReadinessReport;
  /** Is no longer ready, but goes on taking requests, whose answers close their connections. */
  leave(): void;
  /** Drains, then lets go of everything the process holds. */
  stop(): Promise<void>;
}

/** Wires one process and starts to listen. It answers 503 until its first snapshot is applied. */
export async function startGatewayProcess(
  config: DataPlaneConfig,
  telemetry: Telemetry,
  writesLastGoodFile: boolean,
): Promise<GatewayProcess> {
  makeStringsQuick();
  const { logger } = telemetry;
  let isDraining = false;
  const peers = await openPeers({
    processId: `dp_${telemetry.instanceId}`,
    host: config.peerHost,
    keyRing: config.keyRing,
    readReport: (processId) => snapshot.readReport(processId),
    readReports: () => snapshot.readReports(),
    serve: (req, res) => server.serveRelayed(req, res),
  });
  const identity = { id: peers.relay.ownId, peerUrl: peers.url };
  let revocation: Revocation | undefined;
  const onApplied = (table: RoutingTable) => revocation?.apply(table);
  const snapshot = openSnapshot({ config, identity, clock: systemClock, logger, writesLastGoodFile, onApplied });
  await snapshot.start();
  const pools = new UpstreamPools(config.egressPolicy);
  const heartbeat = new StreamHeartbeat(config.keepAliveMs, config.upstreamIdleMs);
  const sessions = new SessionIds(config.keyRing, config.bridgeLimits.sessionIdleMs);
  const bridges = openDispatcher({
    pools,
    sessions,
    heartbeat,
    keyRing: config.keyRing,
    peers: peers.relay,
    headTimeoutMs: config.upstreamTimeoutMs,
    maxStreams: config.maxStreams,
    limits: config.bridgeLimits,
    endings: snapshot,
    listChanges: new ListChanges((serverId) => snapshot.noteListChange(serverId)),
  });
  const authenticator = new Authenticator(config.gatewayUrl);
  revocation = new Revocation(authenticator, systemClock, [heartbeat, ...bridges.revocables]);
  const breakers = new CircuitBreakers();
  const counting = openCountingClient(config.redis);
  const limiter = new RateLimiter({
    counts: new RedisCounts(counting, new RedisKeys(config.gateway)),
    clock: systemClock,
    withoutRedis: config.limitsWithoutRedis,
    workers: config.workers,
  });
  const accessLog = new AccessLog(config.accessLog, telemetry.addLine);

  function readiness(): ReadinessReport {
    const facts = snapshot.readiness();
    return { isReady: facts.revision !== null && !isDraining, isDraining, ...facts };
  }
  const metrics = new Metrics({
    openStreams: () => heartbeat.size,
    revision: () => readiness().revision ?? -1,
    snapshotAgeSeconds: () => readiness().ageSeconds ?? -1,
    openBreakers: () => breakers.countOpen(Date.now()),
    sessions: () => bridges.sessionCounts(),
    parkedCalls: () => bridges.parkedCount(),
    refusedRevision: () => readiness().refused?.revision ?? -1,
    exports: () => telemetry.counts(),
  });
  telemetry.exportMetrics(() => metrics.registry.getMetricsAsJSON(), METRIC_ALIASES);
  const traffic = openTraffic({
    config,
    processId: peers.relay.ownId,
    findWorkspace: (slugOrId) => snapshot.current()?.findWorkspace(slugOrId),
    logger,
  });
  if (traffic !== undefined) addTrafficMetrics(metrics.registry, traffic.reporter);
  const tokens = new UpstreamTokens({
    keyRing: config.keyRing,
    clock: systemClock,
    readStored: (connectionId) => snapshot.readUpstreamToken(connectionId),
    controlPlane: new ControlPlaneClient({
      keyRing: config.keyRing,
      clock: systemClock,
      findUrl: () => config.controlPlaneUrl ?? snapshot.current()?.authorizationServer?.issuer,
    }),
  });
  const identityKeys = new IdentityKeys(config.keyRing);
  const peerPolicy = new PeerPolicy(config);
  const server = new GatewayServer({
    gateway: {
      clock: systemClock,
      keyRing: config.keyRing,
      currentTable: () => snapshot.current(),
      peers: peerPolicy,
      wellKnown: new WellKnown(config.gatewayUrl, peerPolicy, identityKeys),
      authenticator,
      hiding: new HiddenAnswers(),
      limiter,
      credentials: new Credentials({ keyRing: config.keyRing, source: tokens, waiting: new WaitingRoom(), clock: systemClock }),
      forwarding: new CallerForwarding(config.gatewayUrl, identityKeys, systemClock),
      sessions,
      breakers,
      dispatcher: bridges.dispatcher,
      reporter: new Reporter(metrics, accessLog, breakers, openTracing(config, telemetry), traffic?.reporter),
    },
    heartbeat,
    readiness,
    logger,
  });
  const port = await server.listen(config.host, config.port);

  return {
    port,
    metrics,
    readiness,
    leave() {
      isDraining = true;
      server.leave();
    },
    async stop() {
      await Promise.all([server.drain(config.shutdownDeadlineMs), peers.drain(config.shutdownDeadlineMs)]);
      heartbeat.close();
      await bridges.close();
      await tokens.close();
      pools.close();
      await Promise.all([snapshot.stop(), peers.close()]);
      limiter.close();
      counting.disconnect();
      accessLog.close();
      await traffic?.stop();
    },
  };
}

function openTracing(config: DataPlaneConfig, { addSpan }: Telemetry): Tracing {
  if (addSpan === undefined || config.otlp === undefined) return new Tracing(config.tracePropagation);
  return new Tracing(config.tracePropagation, { sampler: openSampler(config.otlp.sampler), add: addSpan });
}
