import { createTestDatabase } from './test-database.ts';
import { startTestRedis } from './test-redis.ts';
import { startGateway, type GatewayOptions, type RunningGateway } from './start-gateway.ts';

export interface OwnGatewayOptions extends Omit<GatewayOptions, 'databaseUrl' | 'redis'> {
  /** What the control plane connects to, where that is not the database itself but something in front of it. */
  readonly database?: (url: string) => Promise<string>;
  readonly redis?: GatewayOptions['redis'];
}

/** A gateway that a test may break, on a database and a Redis of its own. */
export async function startOwnGateway(options: OwnGatewayOptions = {}): Promise<RunningGateway> {
  const database = await createTestDatabase();
  const redis = options.redis ?? (await startTestRedis());
  const databaseUrl = (await options.database?.(database.url)) ?? database.url;
  const gateway = await startGateway({ ...options, databaseUrl, redis });
  return {
    ...gateway,
    stop: async () => {
      await gateway.stop();
      if ('stop' in redis && typeof redis.stop === 'function') await redis.stop();
      await database.drop();
    },
  };
}
