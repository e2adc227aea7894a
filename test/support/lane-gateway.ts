import { createDatabase } from './postgres-admin.ts';
import { SharedPostgres } from './shared-postgres.ts';
import { startGateway, type GatewayOptions, type RunningGateway } from './start-gateway.ts';
import { startTestRedis } from './test-redis.ts';

export interface LaneGateway extends RunningGateway {
  readonly databaseUrl: string;
}

/** A gateway with everything it needs, for a lane that is a program and not a vitest run. */
export async function startLaneGateway(options: Pick<GatewayOptions, 'replicas' | 'env' | 'issuer'> = {}): Promise<LaneGateway> {
  const postgres = new SharedPostgres();
  const [database, redis] = await Promise.all([postgres.start().then(createDatabase), startTestRedis()]);
  const release = async () => {
    await redis.stop();
    await postgres.stop();
  };
  try {
    const gateway = await startGateway({ databaseUrl: database.url, redis, ...options });
    const stop = async () => {
      await gateway.stop();
      await database.drop();
      await release();
    };
    return { ...gateway, databaseUrl: database.url, stop };
  } catch (cause) {
    await release();
    throw cause;
  }
}
