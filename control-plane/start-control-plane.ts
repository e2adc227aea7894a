import type { MikroORM } from '@mikro-orm/postgresql';
import { RedisKeys } from '../contract/redis-keys.ts';
import { systemClock } from '../foundation/clock.ts';
import type { Logger } from '../foundation/logger.ts';
import type { NodeReaders } from './api/node.ts';
import { ApiKeyResolver, ApiKeyService, CallerAuthenticator, readApiKey } from './api-keys/index.ts';
import type { ControlPlaneConfig } from './config.ts';
import { openDatabase } from './database/open-database.ts';
import { ApiServer } from './http/api-server.ts';
import { buildApiSchema } from './http/build-api-schema.ts';
import { NodeResolver } from './http/node.resolver.ts';
import { readUser, UserResolver, UserService } from './identity/index.ts';
import { OrganizationResolver, OrganizationService, readOrganization } from './organizations/index.ts';
import { GatewayReports, openRedis, postgresOutbox, RedisSnapshotStore, SnapshotPublisher } from './snapshots/index.ts';
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
  /** Lets requests and the publication under way finish, then lets go of everything. */
  stop(): Promise<void>;
}

/** How each type with an id is read. */
const nodeReaders: NodeReaders = {
  Organization: readOrganization,
  User: readUser,
  Workspace: readWorkspace,
  WorkspaceMember: readWorkspaceMember,
  ApiKey: readApiKey,
};

/** Wires the control plane, the only place where services are made, and starts to publish and to listen. */
export async function startControlPlane(config: ControlPlaneConfig, version: string, logger: Logger): Promise<ControlPlane> {
  const orm = await openDatabase(config.databaseUrl);
  const redis = openRedis(config.redis, logger);
  const keys = new RedisKeys(config.gateway);
  const reports = new GatewayReports(redis, keys, systemClock);
  const publisher = new SnapshotPublisher({
    databaseUrl: config.databaseUrl,
    store: new RedisSnapshotStore(redis, keys),
    reports,
    ring: config.keyRing,
    version,
    clock: systemClock,
    logger,
  });
  const instances = makeResolvers(config, orm);
  const server = new ApiServer({
    schema: buildApiSchema({ get: (type) => instances.get(type) ?? new type() }),
    em: orm.em,
    authenticator: new CallerAuthenticator(systemClock, config.bootstrapAdminKey),
    introspection: config.introspection,
    findUnreadiness: () => findUnreadiness(orm),
    logger,
  });
  publisher.start();
  const port = await server.listen(config.host, config.port);
  return {
    port,
    async stop() {
      await server.stop();
      await publisher.stop();
      redis.disconnect();
      await orm.close();
    },
  };
}

/** The resolvers that need something, by their class; the others are made when they are asked for. */
function makeResolvers(config: ControlPlaneConfig, orm: MikroORM): Map<unknown, object> {
  const { em } = orm;
  const parts = { em, clock: systemClock, outbox: postgresOutbox };
  return new Map<unknown, object>([
    [NodeResolver, new NodeResolver(nodeReaders)],
    [OrganizationResolver, new OrganizationResolver(new OrganizationService(em, systemClock))],
    [UserResolver, new UserResolver(new UserService({ ...parts, findDocuments: findWorkspaceDocuments }))],
    [WorkspaceResolver, new WorkspaceResolver(new WorkspaceService({ ...parts, findDocuments: () => Promise.resolve([]) }))],
    [WorkspaceMemberResolver, new WorkspaceMemberResolver(new WorkspaceMemberService(parts))],
    [ApiKeyResolver, new ApiKeyResolver(new ApiKeyService({ ...parts, keyRing: config.keyRing }))],
  ]);
}

/** Without the database nothing can be answered; Redis being away only delays what is published. */
async function findUnreadiness(orm: MikroORM): Promise<string | undefined> {
  return (await orm.isConnected()) ? undefined : 'PostgreSQL cannot be reached';
}
