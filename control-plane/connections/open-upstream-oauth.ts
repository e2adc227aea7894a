import type { EntityManager } from '@mikro-orm/postgresql';
import type { KeyRing } from '../../contract/key-ring.ts';
import type { RedisKeys } from '../../contract/redis-keys.ts';
import type { Clock } from '../../foundation/clock.ts';
import type { Logger } from '../../foundation/logger.ts';
import type { Outbox } from '../database/outbox.ts';
import type { GuardedFetch } from '../egress/index.ts';
import type { SecretReferences, SecretSealer } from '../secrets/index.ts';
import { ClientChoice } from './oauth/client-choice.ts';
import { ClientProofs } from './oauth/client-proofs.ts';
import { ConnectionLocks } from './oauth/connection-locks.ts';
import { makeGatewayClient, type GatewayClient } from './oauth/gateway-client.ts';
import { PendingAuthorizations } from './oauth/pending-authorizations.ts';
import { RefreshJob } from './oauth/refresh-job.ts';
import { answerTokenQuestions } from './oauth/token-endpoint.ts';
import { TokenRenewal } from './oauth/token-renewal.ts';
import { TokenService } from './oauth/token-service.ts';
import { TokenStore } from './oauth/token-store.ts';
import { UpstreamConnect } from './oauth/upstream-connect.ts';
import { UpstreamTokenCache, type TokenRedis } from './oauth/upstream-token-cache.ts';
import type { PageHandler } from '../pages/index.ts';
import type { WorkObserver } from '../telemetry/index.ts';

/** What being an OAuth client of upstreams needs. */
export interface UpstreamOauthParts {
  readonly em: EntityManager;
  readonly databaseUrl: string;
  readonly clock: Clock;
  readonly outbox: Outbox;
  readonly keyRing: KeyRing;
  readonly sealer: SecretSealer;
  readonly references: SecretReferences;
  readonly http: GuardedFetch;
  readonly redis: TokenRedis;
  readonly keys: RedisKeys;
  readonly controlPlaneUrl: string;
  readonly observer: WorkObserver;
  readonly logger: Logger;
}

/** The gateway as an OAuth client of upstreams. */
export interface UpstreamOauth {
  readonly gatewayClient: GatewayClient;
  readonly connect: UpstreamConnect;
  readonly tokens: TokenService;
  readonly store: TokenStore;
  readonly cache: UpstreamTokenCache;
  readonly proofs: ClientProofs;
  /** For data planes; see `contract/upstream-token.ts`. */
  readonly handler: PageHandler;
  start(): void;
  stop(): Promise<void>;
}

export function openUpstreamOauth(parts: UpstreamOauthParts): UpstreamOauth {
  const { em, clock, outbox, keyRing: ring, http, observer, logger, sealer, references } = parts;
  const gatewayClient = makeGatewayClient(parts.controlPlaneUrl);
  const store = new TokenStore({ em, outbox, ring, nowMs: () => clock.nowMs() });
  const cache = new UpstreamTokenCache(parts.redis, parts.keys, ring, logger);
  const proofs = new ClientProofs({ em, sealer, references, fetch: http.fetch });
  const locks = new ConnectionLocks(parts.databaseUrl);
  const renewal = new TokenRenewal({ store, cache, proofs, fetch: http.fetch, clock, observer, logger });
  const tokens = new TokenService({ store, cache, locks, renewal, clock });
  const choice = new ClientChoice({ em, ring, fetch: http.fetch, clock, gatewayClient });
  const pending = new PendingAuthorizations(em, ring, clock);
  const connect = new UpstreamConnect({ em, clock, outbox, http, gatewayClient, choice, proofs, pending, store, cache });
  const job = new RefreshJob(store, tokens, logger);
  return {
    gatewayClient,
    connect,
    tokens,
    store,
    cache,
    proofs,
    handler: answerTokenQuestions({ tokens, ring, clock, observer, logger }),
    start: () => {
      job.start();
      parts.redis.on('ready', () => job.restore());
    },
    stop: async () => {
      await job.stop();
      await locks.close();
    },
  };
}
