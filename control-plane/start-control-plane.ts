import type { MikroORM } from '@mikro-orm/postgresql';
import { documentNames } from '../contract/snapshot.ts';
import { RedisKeys } from '../contract/redis-keys.ts';
import { systemClock } from '../foundation/clock.ts';
import type { Logger } from '../foundation/logger.ts';
import { LiveSources } from './api/live.ts';
import type { NodeReaders } from './api/node.ts';
import { AccessGrantResolver, AccessGrantService, readAccessGrant } from './access-grants/index.ts';
import { AccessExplanationResolver } from './access-explanations/index.ts';
import { AccessRuleResolver, AccessRuleService, readAccessRule } from './access-rules/index.ts';
import { ApiKeyResolver, ApiKeyService, CallerAuthenticator, readApiKey } from './api-keys/index.ts';
import { AuditRecorder, AuditUpkeep, ChangeFeed, CHANGES, readAuditEvent } from './audit/index.ts';
import type { ControlPlaneConfig } from './config.ts';
import {
  checkEncryptionKeys,
  countOverdueTokens,
  ClientCredentialsService,
  ConnectionActions,
  ConnectionActionsResolver,
  ConnectionResolver,
  ConnectionService,
  findConnectionDocuments,
  HeaderSealer,
  KeyRotation,
  loadFingerprintKey,
  openUpstreamOauth,
  OwnConnectionsRoutes,
  toUpstreamStep,
  readConnection,
  readCredential,
  ConnectRoutes,
  EntryRoutes,
  type UpstreamOauth,
} from './connections/index.ts';
import { CapabilityResolver, CapabilityService, Discoveries, readCapability } from './capabilities/index.ts';
import { NotificationListener } from './database/notification-listener.ts';
import { openDatabase } from './database/open-database.ts';
import type { FindDocuments } from './database/outbox.ts';
import { GuardedFetch } from './egress/index.ts';
import { ConsoleHost } from './console/index.ts';
import { AdminServer } from './http/admin-server.ts';
import { ApiServer } from './http/api-server.ts';
import { RequestAuthenticator } from './http/authenticate-request.ts';
import { buildApiSchema } from './http/build-api-schema.ts';
import { NodeResolver } from './http/node.resolver.ts';
import { openSignIn, readUser, SignInLinkResolver, UserResolver, UserService } from './identity/index.ts';
import { findOwnedServerDocuments, findServerDocuments, McpServerResolver, McpServerService, readMcpServer } from './mcp-servers/index.ts';
import { approveWhatWasInUse, GrantedCapabilityResolver, GrantedCapabilityService, pinWhatAppeared } from './granted-capabilities/index.ts';
import { HealthChecks } from './mcp-server-health/index.ts';
import { ServerIcons } from './mcp-server-icons/index.ts';
import { checkUpstream, McpServerProbeResolver, ProbedServerResolver, RegistrationProbeResolver } from './mcp-server-probes/index.ts';
import { LockdownResolver, LockdownService, readLockdown, type SubjectDocuments } from './lockdowns/index.ts';
import { ConsentResolver, findConsentDocuments, openOauth, readConsent } from './oauth/index.ts';
import { OrganizationResolver, OrganizationService, readOrganization } from './organizations/index.ts';
import { RateLimitResolver, RateLimitService, readRateLimit } from './rate-limits/index.ts';
import { SecretReferences, SecretSealer } from './secrets/index.ts';
import {
  GatewayReports,
  openRedis,
  postgresOutbox,
  readSnapshotFacts,
  RedisSnapshotStore,
  SnapshotPublisher,
  SnapshotResolver,
  SnapshotStatusReader,
  untilEnforced,
} from './snapshots/index.ts';
import {
  IdentityProviderResolver,
  OrganizationIdentityProvidersResolver,
  IdentityProviderService,
  listProviderOffers,
  ProviderRoutes,
  readIdentityProvider,
} from './identity-providers/index.ts';
import { InteractionFeed, INTERACTIONS_ADDED, readInteraction } from './interactions/index.ts';
import { routePages } from './pages/index.ts';
import { NO_EXPORT, openObservation } from './telemetry/index.ts';
import { openTrafficLog } from './traffic/index.ts';
import { findTrustDocuments, KeyRefresh, readTrustedIssuer, TrustedIssuerResolver, TrustedIssuerService } from './trusted-issuers/index.ts';
import {
  findWorkspaceDocuments,
  readWorkspace,
  readWorkspaceMember,
  WorkspaceMemberResolver,
  WorkspaceMemberService,
  WorkspaceResolver,
  WorkspaceService,
} from './workspaces/index.ts';

/** A control plane that listens. */
export interface ControlPlane {
  readonly port: number;
  /** Where operators look; undefined where they are not asked for. */
  readonly adminPort: number | undefined;
  /** Lets requests and the publication under way finish, then lets go of everything. */
  stop(): Promise<void>;
}

/** What seals credentials on their way in. */
interface Sealers {
  readonly headers: HeaderSealer;
  readonly secrets: SecretSealer;
}

/** How long a person who has allowed something waits at most until gateways know it. */
const ENFORCEMENT_WAIT_MS = 3_000;

/** How many servers whose lists changed are looked at in one go. */
const MAX_CHANGED_LISTS = 100;

/** What several features need. */
interface SharedParts {
  readonly sealers: Sealers;
  readonly http: GuardedFetch;
  readonly upstreamOauth: UpstreamOauth;
  readonly connections: ConnectionService;
}

/** How each type with an id is read. */
const nodeReaders: NodeReaders = {
  Organization: readOrganization,
  User: readUser,
  Workspace: readWorkspace,
  WorkspaceMember: readWorkspaceMember,
  ApiKey: readApiKey,
  McpServer: readMcpServer,
  AccessGrant: readAccessGrant,
  AccessRule: readAccessRule,
  Capability: readCapability,
  Connection: readConnection,
  RateLimit: readRateLimit,
  Consent: readConsent,
  TrustedIssuer: readTrustedIssuer,
  IdentityProvider: readIdentityProvider,
  AuditEvent: readAuditEvent,
  Interaction: readInteraction,
  Lockdown: readLockdown,
};

/** Wires the control plane, the only place where services are made, and starts to publish and to listen. */
export async function startControlPlane(
  config: ControlPlaneConfig,
  version: string,
  logger: Logger,
  exporting = NO_EXPORT,
): Promise<ControlPlane> {
  const { metrics, observer } = openObservation(config.otlp, exporting);
  const orm = await openDatabase(config.databaseUrl, [new AuditRecorder(systemClock)]);
  await checkEncryptionKeys(orm.em.fork(), config.keyRing);
  const fingerprintKey = await loadFingerprintKey(orm.em.fork(), config.keyRing);
  const sealers = { headers: new HeaderSealer(config.keyRing, fingerprintKey), secrets: new SecretSealer(config.keyRing, fingerprintKey) };
  const rotation = new KeyRotation({ em: orm.em, outbox: postgresOutbox, ring: config.keyRing, logger });
  const redis = await openRedis(config.redis, logger);
  const keys = new RedisKeys(config.gateway);
  const reports = new GatewayReports(redis, keys, systemClock);
  const store = new RedisSnapshotStore(redis, keys);
  const publisher = new SnapshotPublisher({
    databaseUrl: config.databaseUrl,
    store,
    reports,
    ring: config.keyRing,
    version,
    clock: systemClock,
    observer,
    logger,
  });
  const consoleHost = await ConsoleHost.open(config);
  const signIn = openSignIn({
    ...config,
    em: orm.em,
    clock: systemClock,
    logger,
    home: consoleHost?.home ?? '/account',
    accountLinks: [
      ...(consoleHost === undefined ? [] : [{ href: consoleHost.home, label: 'Console' }]),
      { href: '/account/clients', label: 'Allowed applications' },
      { href: '/account/connections', label: 'Connections to servers' },
    ],
    listOffers: (organization) => listProviderOffers(orm.em, organization),
  });
  const http = new GuardedFetch(config.egressPolicy);
  const references = new SecretReferences(config.secretSources);
  const upstreamOauth = openUpstreamOauth({
    ...config,
    em: orm.em,
    clock: systemClock,
    outbox: postgresOutbox,
    sealer: sealers.secrets,
    references,
    http,
    redis,
    keys,
    observer,
    logger,
  });
  const writers = { em: orm.em, clock: systemClock, outbox: postgresOutbox, ...upstreamOauth };
  const credentials = new ClientCredentialsService({ ...writers, http, sealer: sealers.secrets });
  const connections = new ConnectionService({ ...writers, credentials, sealer: sealers.headers });
  const instances = makeResolvers(config, orm, { sealers, http, upstreamOauth, connections });
  instances.set(SignInLinkResolver, new SignInLinkResolver(signIn.links));
  instances.set(McpServerProbeResolver, new McpServerProbeResolver(http, config.egressPolicy));
  instances.set(AccessExplanationResolver, new AccessExplanationResolver(store, systemClock));
  const icons = new ServerIcons({ em: orm.em, clock: systemClock, http });
  const capabilities = new CapabilityService({
    em: orm.em,
    clock: systemClock,
    outbox: postgresOutbox,
    readCredential: (connection) => readCredential({ ...upstreamOauth, sealer: sealers.headers }, connection),
    fetch: http.stream,
    keepIcon: (server, declared) => icons.keep(server, declared),
    onChange: pinWhatAppeared,
  });
  instances.set(CapabilityResolver, new CapabilityResolver(capabilities));
  const discoveries = new Discoveries({
    em: orm.em,
    clock: systemClock,
    logger,
    intervalMs: config.capabilityRefreshMs,
    discover: (serverId) => capabilities.discover(serverId),
    takeChanged: () => redis.spop(keys.changedLists(), MAX_CHANGED_LISTS),
  });
  instances.set(RegistrationProbeResolver, new RegistrationProbeResolver(http));
  instances.set(ProbedServerResolver, new ProbedServerResolver(http));
  const trust = { em: orm.em, clock: systemClock, outbox: postgresOutbox, fetch: http.fetch, logger };
  instances.set(TrustedIssuerResolver, new TrustedIssuerResolver(new TrustedIssuerService(trust)));
  const keyRefresh = new KeyRefresh(trust);
  const providerParts = { ...config, ...trust, sealer: sealers.secrets, sessions: signIn.sessions, findDocuments: findPersonDocuments };
  const providerPages = routePages(new ProviderRoutes(providerParts).list());
  instances.set(OrganizationIdentityProvidersResolver, new OrganizationIdentityProvidersResolver(config.controlPlaneUrl));
  instances.set(IdentityProviderResolver, new IdentityProviderResolver(new IdentityProviderService(providerParts)));
  const healthChecks = new HealthChecks({
    em: orm.em,
    clock: systemClock,
    logger,
    intervalMs: config.healthCheckMs,
    check: (place) =>
      observer.observe(
        { work: 'health_check' },
        () => checkUpstream(http, place),
        (fault) => (fault === undefined ? 'found' : 'not_found'),
      ),
  });
  const trafficLog = openTrafficLog({ ...config, redis, keys, clock: systemClock, observer, logger });
  const auditUpkeep = new AuditUpkeep({ em: orm.em, retentionMs: config.auditRetentionMs, clock: systemClock, logger });
  const status = new SnapshotStatusReader({ store, reports, clock: systemClock, logger });
  instances.set(SnapshotResolver, new SnapshotResolver(status));
  const waitUntilEnforced = () => untilEnforced(status, orm.em.fork(), ENFORCEMENT_WAIT_MS);
  const oauth = await openOauth({
    ...config,
    em: orm.em,
    clock: systemClock,
    outbox: postgresOutbox,
    fetch: http.fetch,
    sessions: signIn.sessions,
    upstream: toUpstreamStep(orm.em, upstreamOauth.connect),
    untilEnforced: waitUntilEnforced,
    logger,
  });
  instances.set(ConsentResolver, new ConsentResolver(oauth.consents));
  const pageParts = {
    em: orm.em,
    clock: systemClock,
    sessions: signIn.sessions,
    ...upstreamOauth,
    service: connections,
    untilEnforced: waitUntilEnforced,
  };
  const connectRoutes = [new ConnectRoutes(pageParts), new EntryRoutes(pageParts), new OwnConnectionsRoutes(pageParts)];
  const connectPages = routePages(connectRoutes.flatMap((routes) => routes.list()));
  const listener = new NotificationListener({ databaseUrl: config.databaseUrl, logger });
  const interactions = new InteractionFeed({ listener, clock: systemClock, logger });
  const changes = new ChangeFeed({ listener, listGateways: () => reports.listLive() });
  const server = new ApiServer({
    schema: buildApiSchema({ get: (type) => instances.get(type) ?? new type() }),
    em: orm.em,
    authenticator: new RequestAuthenticator(new CallerAuthenticator(systemClock, config.bootstrapAdminKey), signIn.sessions),
    introspection: config.introspection,
    findUnreadiness: () => findUnreadiness(orm),
    sources: new LiveSources()
      .bind(CHANGES, (args, context, signal) => changes.follow(args, context, signal))
      .bind(INTERACTIONS_ADDED, (args, context, signal) => interactions.follow(args, context, signal)),
    watchRights: (onChange) => changes.watchRights(onChange),
    describeState: () => ({ publisher: publisher.status.state }),
    trustedProxies: config.trustedProxies,
    handlers: [
      upstreamOauth.handler,
      signIn.handler,
      providerPages,
      connectPages,
      ...oauth.handlers,
      ...(consoleHost?.handlers(signIn.sessions) ?? []),
    ],
    observer,
    logger,
  });
  metrics.watch({
    readFacts: async () => ({
      ...(await readSnapshotFacts(orm.em.fork(), status)),
      overdueTokens: await countOverdueTokens(orm.em.fork()),
      trafficWaitingBytes: await trafficLog.readWaitingBytes(),
    }),
    isPublishing: () => publisher.status.state === 'PUBLISHING',
    isFailingToPublish: () => publisher.status.state === 'FAILING',
    traffic: trafficLog.ingest.counts,
    removedAuditEvents: () => auditUpkeep.removed,
    registrations: oauth.registrations,
    exports: () => exporting.counts(),
  });
  const admin = new AdminServer({ registry: metrics.registry, findUnreadiness: () => findUnreadiness(orm) });
  publisher.start();
  await changes.start();
  rotation.start();
  upstreamOauth.start();
  healthChecks.start();
  discoveries.start();
  keyRefresh.start();
  trafficLog.start();
  auditUpkeep.start();
  const port = await server.listen(config.host, config.port);
  const adminPort = config.adminPort === undefined ? undefined : await admin.listen(config.adminHost, config.adminPort);
  return {
    port,
    adminPort,
    async stop() {
      await Promise.all([server.stop(), discoveries.stop()]);
      await listener.stop();
      await rotation.stop();
      await oauth.stop();
      await upstreamOauth.stop();
      await publisher.stop();
      await Promise.all([trafficLog.stop(), auditUpkeep.stop()]);
      redis.disconnect();
      await Promise.all([healthChecks.stop(), keyRefresh.stop(), http.close()]);
      await orm.close();
      await admin.stop();
    },
  };
}

/** The resolvers that need something, by their class; the others are made when they are asked for. */
function makeResolvers(config: ControlPlaneConfig, orm: MikroORM, shared: SharedParts): Map<unknown, object> {
  const { em } = orm;
  const { sealers, http, upstreamOauth, connections } = shared;
  const parts = { em, clock: systemClock, outbox: postgresOutbox };
  const actions = new ConnectionActions({ em, http, ...upstreamOauth, sealer: sealers.headers });
  return new Map<unknown, object>([
    [NodeResolver, new NodeResolver(nodeReaders)],
    [OrganizationResolver, new OrganizationResolver(new OrganizationService(em, systemClock))],
    [
      UserResolver,
      new UserResolver(
        new UserService({
          ...parts,
          findDocuments: findPersonDocuments,
        }),
      ),
    ],
    [
      WorkspaceResolver,
      new WorkspaceResolver(
        new WorkspaceService({
          ...parts,
          findDocuments: joinDocuments(findConnectionDocuments, findOwnedServerDocuments, findConsentDocuments),
        }),
      ),
    ],
    [WorkspaceMemberResolver, new WorkspaceMemberResolver(new WorkspaceMemberService(parts))],
    [ApiKeyResolver, new ApiKeyResolver(new ApiKeyService({ ...parts, keyRing: config.keyRing }))],
    [McpServerResolver, new McpServerResolver(new McpServerService({ ...parts, egress: config.egressPolicy, sealer: sealers.secrets }))],
    [AccessGrantResolver, new AccessGrantResolver(new AccessGrantService({ ...parts, approveWhatWasInUse }), config.gatewayUrl)],
    [GrantedCapabilityResolver, new GrantedCapabilityResolver(new GrantedCapabilityService(parts))],
    [AccessRuleResolver, new AccessRuleResolver(new AccessRuleService(parts))],
    [LockdownResolver, new LockdownResolver(new LockdownService({ ...parts, documents: subjectDocuments }))],
    [RateLimitResolver, new RateLimitResolver(new RateLimitService(parts))],
    [ConnectionResolver, new ConnectionResolver(connections)],
    [ConnectionActionsResolver, new ConnectionActionsResolver(actions, connections)],
  ]);
}

/** What a person is in. */
const findPersonDocuments = joinDocuments(findWorkspaceDocuments, findConnectionDocuments, findConsentDocuments, findTrustDocuments);

/** What can be stopped everywhere is in. */
const subjectDocuments: SubjectDocuments = {
  server: findServerDocuments,
  workspace: joinDocuments((_em, id) => Promise.resolve([documentNames.workspace(id)]), findConsentDocuments),
  user: findPersonDocuments,
};

/** What a subject is in, as far as several features know. */
function joinDocuments(...finders: FindDocuments[]): FindDocuments {
  return async (em, subjectId) => {
    const documents = [];
    for (const find of finders) documents.push(...(await find(em, subjectId)));
    return documents;
  };
}

/** Without the database nothing can be answered; Redis being away only delays what is published. */
async function findUnreadiness(orm: MikroORM): Promise<string | undefined> {
  return (await orm.isConnected()) ? undefined : 'PostgreSQL cannot be reached';
}
