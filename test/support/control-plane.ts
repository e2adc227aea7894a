import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { EgressPolicy } from '../../contract/egress-policy.ts';
import { KeyRing } from '../../contract/key-ring.ts';
import { parseRedisAddress } from '../../contract/redis-address.ts';
import { Secret } from '../../foundation/secret.ts';
import { openLogger } from '../../foundation/logger.ts';
import type { ControlPlaneConfig } from '../../control-plane/config.ts';
import { startControlPlane } from '../../control-plane/start-control-plane.ts';
import type { TypedDocumentString } from './generated/graphql.ts';
import { demand } from './demand.ts';
import { startRoundRobin } from './round-robin.ts';
import type { ControlPlanePlace } from './shared-services.ts';
import { createTestDatabase } from './test-database.ts';
import { startTestRedis } from './test-redis.ts';

/** An answer of the API as a client sees it. */
export interface Answer<Data> {
  readonly data: Data | null;
  readonly errors: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
  readonly status: number;
}

/** A control plane in this process. */
export interface TestControlPlane {
  readonly databaseUrl: string;
  /** What it publishes to. */
  readonly redisUrl: string;
  readonly gateway: string;
  /** The bootstrap key. */
  readonly adminKey: string;
  readonly url: string;
  /** Where operators look, where the settings ask for that. */
  readonly adminUrl: string;
  /** What it calls itself, and where browsers and clients reach it. */
  readonly publicUrl: string;
  /** Sends any text. */
  send<Data>(key: string | undefined, query: string, variables?: object): Promise<Answer<Data>>;
  /** Runs a typed operation and expects no top-level error. */
  run<Data, Variables>(key: string, operation: TypedDocumentString<Data, Variables>, variables: Variables): Promise<Data>;
}

/** One on a database and a Redis of its own, for the file that started it. */
export interface OwnControlPlane extends TestControlPlane {
  stop(): Promise<void>;
}

let shared: Promise<TestControlPlane> | undefined;

/**
 * The control plane with the ordinary settings that all files of a worker use one after the other: starting one costs more than most
 * files do. For tests that keep to an organization of their own. Who counts, empties or breaks something starts one of their own.
 */
export function useSharedControlPlane(): Promise<TestControlPlane> {
  // It ends with the worker; what it stores is removed at the end of the run.
  shared ??= demand<ControlPlanePlace>(inject('servicesOnDemand'), 'place').then((place) => startIn(place));
  return shared;
}

/** Starts a control plane with the settings of a test, beside what it was told to use instead. */
export async function startTestControlPlane(settings: Partial<ControlPlaneConfig> = {}): Promise<OwnControlPlane> {
  const database = settings.databaseUrl === undefined ? await createTestDatabase() : undefined;
  const redis = await startTestRedis();
  const place = { databaseUrl: database?.url ?? settings.databaseUrl!, redisUrl: redis.url, gateway: redis.gateway };
  const plane = await startIn(place, settings);
  return {
    ...plane,
    async stop() {
      await plane.stop();
      await redis.stop();
      await database?.drop();
    },
  };
}

async function startIn(place: ControlPlanePlace, settings: Partial<ControlPlaneConfig> = {}): Promise<OwnControlPlane> {
  const entrance = await startRoundRobin();
  const adminKey = randomBytes(32).toString('base64url');
  const controlPlane = await startControlPlane(
    {
      databaseUrl: place.databaseUrl,
      redis: parseRedisAddress(place.redisUrl),
      keyRing: KeyRing.parse(`test:${randomBytes(32).toString('base64')}`),
      gateway: place.gateway,
      gatewayUrl: 'http://gateway.test',
      controlPlaneUrl: entrance.url,
      host: '127.0.0.1',
      port: 0,
      adminHost: '127.0.0.1',
      adminPort: undefined,
      trustedProxies: ['loopback'],
      bootstrapAdminKey: new Secret(adminKey),
      introspection: true,
      hasClientDocuments: true,
      egressPolicy: EgressPolicy.parse('loopback'),
      secretSources: { directory: undefined, variables: new Map() },
      healthCheckMs: 0,
      capabilityRefreshMs: 0,
      otlp: undefined,
      retentionMs: 30 * 86_400_000,
      payloadRetentionMs: 7 * 86_400_000,
      auditRetentionMs: 400 * 86_400_000,
      logLevel: 'silent',
      ...settings,
    },
    '0.0.0-test',
    openLogger({ service: 'control-plane', level: 'silent' }),
  );
  const url = `http://127.0.0.1:${controlPlane.port}`;
  entrance.setTargets([url]);
  async function send<Data>(key: string | undefined, query: string, variables: object = {}): Promise<Answer<Data>> {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key !== undefined && { authorization: `Bearer ${key}` }) },
      body: JSON.stringify({ query, variables }),
    });
    const body = (await response.json()) as { data?: Data | null; errors?: Answer<Data>['errors'] };
    return { data: body.data ?? null, errors: body.errors ?? [], status: response.status };
  }
  return {
    ...place,
    adminKey,
    adminUrl: `http://127.0.0.1:${controlPlane.adminPort}`,
    url,
    publicUrl: entrance.url,
    send,
    async run(key, operation, variables) {
      const answer = await send<never>(key, operation.toString(), variables as object);
      if (answer.errors.length > 0 || answer.data === null) throw new Error(JSON.stringify(answer.errors));
      return answer.data;
    },
    async stop() {
      await controlPlane.stop();
      await entrance.close();
    },
  };
}
