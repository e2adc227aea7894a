import { findFastFolder, SharedPostgres, type PostgresForTests } from './shared-postgres.ts';
import { startGateway, type GatewayAddresses } from './start-gateway.ts';
import { startTestRedis } from './test-redis.ts';
import { createDatabase } from './postgres-admin.ts';

/** Enough to show that any replica serves any session. */
const REPLICAS = 2;

/** Where a control plane keeps what it knows. */
export interface ControlPlanePlace {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** Its name in that Redis. */
  readonly gateway: string;
}

/** What the tests of a run share. Each is started once, by whoever asks first. */
export class SharedServices {
  readonly #postgres = new SharedPostgres(findFastFolder);
  #gateway: Promise<GatewayAddresses> | undefined;
  /** In the order of starting; ended in the opposite one. */
  readonly #releases: (() => Promise<void>)[] = [];

  postgres(): Promise<PostgresForTests> {
    return this.#postgres.start();
  }

  gateway(): Promise<GatewayAddresses> {
    this.#gateway ??= this.#startGateway();
    return this.#gateway;
  }

  /** A place for one more control plane, until the end of the run. */
  async addPlace(): Promise<ControlPlanePlace> {
    const database = await createDatabase(await this.postgres());
    this.#releases.push(() => database.drop());
    const redis = await startTestRedis();
    this.#releases.push(() => redis.stop());
    return { databaseUrl: database.url, redisUrl: redis.url, gateway: redis.gateway };
  }

  async stop(): Promise<void> {
    await this.#gateway?.catch(() => undefined); // whoever asked for it has been told
    for (const release of this.#releases.toReversed()) await release();
    await this.#postgres.stop();
  }

  async #startGateway(): Promise<GatewayAddresses> {
    const database = await createDatabase(await this.postgres());
    this.#releases.push(() => database.drop());
    const redis = await startTestRedis();
    this.#releases.push(() => redis.stop());
    const gateway = await startGateway({ databaseUrl: database.url, redis, replicas: REPLICAS });
    this.#releases.push(() => gateway.stop());
    const { url, replicas, controlPlaneUrl, issuer, adminKey } = gateway;
    return { url, replicas, controlPlaneUrl, issuer, adminKey };
  }
}
