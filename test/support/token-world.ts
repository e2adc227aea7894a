import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { KeyRing } from '../../contract/key-ring.ts';
import { makePlaneToken } from '../../contract/plane-token.ts';
import { RedisKeys } from '../../contract/redis-keys.ts';
import { openSecret } from '../../contract/sealed-secret.ts';
import {
  UPSTREAM_TOKEN_PATH,
  UpstreamTokenAnswerSchema,
  UpstreamTokenSchema,
  upstreamTokenOwner,
  type UpstreamToken,
  type UpstreamTokenAnswer,
} from '../../contract/upstream-token.ts';
import { parseRedisAddress } from '../../contract/redis-address.ts';
import { ApiClient } from './api-client.ts';
import type { Browser } from './browser.ts';
import { startTestControlPlane, type OwnControlPlane } from './control-plane.ts';
import { ConnectionAuthorizeDocument, TokenConnectionBySubjectDocument } from './generated/graphql.ts';
import { HubWorld } from './hub-world.ts';
import { connectByConsent, CONSENT_SETTINGS } from './upstream-consent.ts';
import { openSignedInBrowser } from './web-sign-in.ts';

/** A control plane with upstream tokens, as its browsers and its data planes meet it. */
export class TokenWorld {
  readonly plane: OwnControlPlane;
  readonly hub: HubWorld;
  readonly ring: KeyRing;
  readonly #redis: Redis;

  private constructor(plane: OwnControlPlane, hub: HubWorld, ring: KeyRing) {
    this.plane = plane;
    this.hub = hub;
    this.ring = ring;
    this.#redis = new Redis(plane.redisUrl);
  }

  static async create(): Promise<TokenWorld> {
    const ring = KeyRing.parse(`test:${randomBytes(32).toString('base64')}`);
    const plane = await startTestControlPlane({ ...CONSENT_SETTINGS, keyRing: ring });
    return new TokenWorld(plane, await HubWorld.create(plane), ring);
  }

  /** Another control plane on the same database and Redis. */
  startAnother(): Promise<OwnControlPlane> {
    const { databaseUrl, redisUrl, gateway } = this.plane;
    return startTestControlPlane({ ...CONSENT_SETTINGS, keyRing: this.ring, databaseUrl, redis: parseRedisAddress(redisUrl), gateway });
  }

  browserOf(userId: string): Promise<Browser> {
    return openSignedInBrowser(new ApiClient(this.plane.url, this.plane.adminKey), this.plane.url, userId);
  }

  /** A person connects a subject by the API and their browser. */
  async connect(person: { id: string; key: string }, serverId: string, subjectId: string, fields: Readonly<Record<string, string>> = {}) {
    const { connectionAuthorize } = await this.plane.run(person.key, ConnectionAuthorizeDocument, { mcpServerId: serverId, subjectId });
    if (connectionAuthorize.authorizationUrl == null) throw new Error(JSON.stringify(connectionAuthorize.userErrors));
    await connectByConsent(await this.browserOf(person.id), this.plane.url, connectionAuthorize.authorizationUrl, fields);
    return (await this.read(serverId, subjectId))!;
  }

  async read(mcpServerId: string, subjectId: string) {
    return (await this.plane.run(this.plane.adminKey, TokenConnectionBySubjectDocument, { mcpServerId, subjectId })).connectionBySubject;
  }

  /** Asks as a data plane does. */
  async ask(connectionId: string, refusedSerial?: number, url = this.plane.url, missingScopes?: string): Promise<UpstreamTokenAnswer> {
    const body = JSON.stringify({ connectionId, refusedSerial, missingScopes });
    const authorization = makePlaneToken(this.ring, { method: 'POST', path: UPSTREAM_TOKEN_PATH, body }, Date.now());
    const response = await fetch(url + UPSTREAM_TOKEN_PATH, { method: 'POST', headers: { authorization }, body });
    return UpstreamTokenAnswerSchema.parse(await response.json());
  }

  async askToken(connectionId: string, refusedSerial?: number): Promise<UpstreamToken> {
    const answer = await this.ask(connectionId, refusedSerial);
    if (answer.outcome !== 'token') throw new Error(JSON.stringify(answer));
    return this.open(connectionId, answer.sealedToken);
  }

  open(connectionId: string, sealed: string): UpstreamToken {
    const opened = openSecret(this.ring, upstreamTokenOwner(connectionId), sealed);
    if (!opened.ok) throw new Error(opened.error.reason);
    return UpstreamTokenSchema.parse(JSON.parse(opened.value));
  }

  /** What data planes find in Redis. */
  async readCached(connectionId: string): Promise<UpstreamToken | undefined> {
    const sealed = await this.#redis.get(new RedisKeys(this.plane.gateway).upstreamToken(connectionId));
    return sealed === null ? undefined : this.open(connectionId, sealed);
  }

  async forgetCached(connectionId: string): Promise<void> {
    await this.#redis.del(new RedisKeys(this.plane.gateway).upstreamToken(connectionId));
  }

  /** Runs a statement on the database: what a test cannot wait for. */
  async sql(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
    const client = new Client({ connectionString: this.plane.databaseUrl });
    await client.connect();
    const { rows } = await client.query<Record<string, unknown>>(text, values);
    await client.end();
    return rows;
  }

  async stop(): Promise<void> {
    this.#redis.disconnect();
    await this.plane.stop();
  }
}
