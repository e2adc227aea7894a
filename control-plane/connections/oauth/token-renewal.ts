import type { Clock } from '../../../foundation/clock.ts';
import type { Logger } from '../../../foundation/logger.ts';
import type { Fetch } from '../../egress/index.ts';
import type { WorkObserver } from '../../telemetry/index.ts';
import type { ClientProofs } from './client-proofs.ts';
import type { ConnectionTokens, SealedTokens } from './connection-tokens.entity.ts';
import { refreshTokens, requestByCredentials, type TokenOutcome } from './token-request.ts';
import { planRetry, planToken } from './token-schedule.ts';
import type { TokenChange, TokenRecord, TokenStore } from './token-store.ts';
import type { UpstreamTokenCache } from './upstream-token-cache.ts';
import { planWiderScope } from './widen-scope.ts';

/** How long to wait where an administrator has to change something first, in milliseconds. */
const SETTINGS_PAUSE_MS = 300_000;
/** Pauses between attempts to store what the upstream gave, in milliseconds: a rotated refresh token exists nowhere else. */
const STORE_PAUSES_MS = [100, 300, 1_000, 3_000];

const LOST =
  'An earlier renewal was interrupted, and the authorization server does not accept the stored consent any longer. Connect again.';
const ENDED = 'The authorization server does not accept the stored consent any longer: it was withdrawn or has expired. Connect again.';
const ENDED_WITHOUT_REFRESH = 'The access token has ended, and the authorization server gave nothing to renew it with. Connect again.';

/** What a renewal works with. */
export interface TokenRenewalParts {
  readonly store: TokenStore;
  readonly cache: UpstreamTokenCache;
  readonly proofs: ClientProofs;
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly observer: WorkObserver;
  readonly logger: Logger;
}

/** Obtains the next access token of a connection, once. Whoever calls it holds the connection's lock. */
export class TokenRenewal {
  readonly #parts: TokenRenewalParts;

  constructor(parts: TokenRenewalParts) {
    this.#parts = parts;
  }

  /** The attempt is on record before it is made: a crash in between is known to whoever comes next, who tries the same refresh token again. */
  async run(record: TokenRecord): Promise<void> {
    const { store, clock } = this.#parts;
    const canRenew = record.row.client.kind === 'OWN' || record.secrets.refreshToken !== undefined;
    if (!canRenew) return this.#store(record, this.#toBlocked(ENDED_WITHOUT_REFRESH));
    if ((await store.change(record, { attemptedAt: new Date(clock.nowMs()) })) === undefined) return;
    const observed = this.#parts.observer.begin({ work: 'token_renewal' });
    const outcome = await this.#request(record);
    observed.end(outcome.kind === 'tokens' ? 'renewed' : outcome.kind, outcome.kind !== 'tokens', {
      'sluice.connection.id': record.row.connectionId,
    });
    await this.#store(record, await this.#toChange(record, outcome));
  }

  /** Notes what the upstream misses. Until somebody consents to more, nothing can be obtained. */
  async widen(record: TokenRecord, missingScopes: string): Promise<void> {
    const change = planWiderScope(record, missingScopes);
    if (change !== undefined) await this.#store(record, change);
  }

  async #request({ row, server, secrets }: TokenRecord): Promise<TokenOutcome> {
    const proven = await this.#parts.proofs.prove(row.client, server, secrets);
    if (!proven.ok) return { kind: 'request_refused', reason: proven.error };
    const place = { authorizationServer: row.authorizationServer, client: proven.value, resource: row.resource ?? undefined };
    if (row.client.kind === 'OWN') return requestByCredentials(this.#parts.fetch, place, row.requestedScope ?? undefined);
    return refreshTokens(this.#parts.fetch, place, secrets.refreshToken!);
  }

  async #toChange({ row, server, secrets }: TokenRecord, outcome: TokenOutcome): Promise<TokenChange> {
    switch (outcome.kind) {
      case 'tokens': {
        const { access_token: accessToken, refresh_token: refreshToken = secrets.refreshToken, expires_in, scope } = outcome.tokens;
        const isRenewable = row.client.kind === 'OWN' || refreshToken !== undefined;
        return {
          ...planToken(expires_in, isRenewable, this.#parts.clock.nowMs(), Math.random()),
          ...SETTLED,
          state: 'CONNECTED',
          reason: null,
          serial: row.serial + 1,
          grantedScope: scope ?? row.grantedScope,
          secrets: { ...secrets, accessToken, refreshToken },
        };
      }
      case 'grant_refused':
        return this.#toBlocked(row.attemptedAt == null ? ENDED : LOST);
      case 'client_refused':
        return this.#toClientRefused(row, server.organizationId);
      case 'request_refused':
        return { ...this.#toPause(row, SETTINGS_PAUSE_MS), state: 'ERROR', reason: outcome.reason, attemptedAt: null };
      case 'unavailable':
        // The request may have been carried out and only its answer lost, so the attempt stays on record.
        return { ...this.#toPause(row, planRetry(row.failures)), reason: outcome.reason };
    }
  }

  async #toClientRefused(row: ConnectionTokens, organizationId: string): Promise<TokenChange> {
    switch (row.client.kind) {
      case 'PRE_REGISTERED': {
        const reason =
          "The authorization server refuses the client of the server's settings. An administrator has to correct its id and secret.";
        return { ...this.#toPause(row, SETTINGS_PAUSE_MS), state: 'ERROR', reason, attemptedAt: null };
      }
      case 'OWN':
        return this.#toBlocked('The authorization server refuses the client id and its secret or key. Enter them again.');
      case 'DOCUMENT':
      case 'REGISTERED':
        await this.#parts.proofs.forgetRegistration(organizationId, row.client.clientId);
        return this.#toBlocked("The authorization server does not know the gateway's registration any longer. Connect again.");
    }
  }

  #toBlocked(reason: string): TokenChange {
    return { ...SETTLED, state: 'NEEDS_AUTHORIZATION', reason, refreshAt: null };
  }

  #toPause(row: ConnectionTokens, pauseMs: number): TokenChange {
    const retryAt = new Date(this.#parts.clock.nowMs() + pauseMs);
    return { failures: row.failures + 1, retryAt, refreshAt: row.refreshAt == null ? null : retryAt };
  }

  async #store(record: TokenRecord, change: TokenChange): Promise<void> {
    const stored = await this.#commit(record, change);
    const { cache, clock, logger } = this.#parts;
    if (stored === undefined) return this.#discard(record, change.secrets);
    if (stored.state === 'NEEDS_AUTHORIZATION') await cache.remove(stored.connectionId);
    else if (change.secrets !== undefined) await cache.publish(stored, change.secrets, clock.nowMs());
    if (stored.state === 'CONNECTED' && stored.reason == null) return;
    logger.warn({ event: 'upstream_token_not_renewed', connectionId: stored.connectionId, state: stored.state, reason: stored.reason });
  }

  async #commit(record: TokenRecord, change: TokenChange): Promise<ConnectionTokens | undefined> {
    for (const pauseMs of STORE_PAUSES_MS) {
      try {
        return await this.#parts.store.change(record, change);
      } catch (cause) {
        this.#parts.logger.warn({ event: 'upstream_token_not_stored', err: cause }, 'a token could not be stored and is tried again');
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }
    return this.#parts.store.change(record, change);
  }

  /**
   * Nobody holds them: the connection was deleted meanwhile. Not where it was connected again, because some servers take back
   * everything that a person allowed the client.
   */
  async #discard({ row, server }: TokenRecord, secrets: SealedTokens | undefined): Promise<void> {
    const isGone = secrets !== undefined && (await this.#parts.store.read(row.connectionId)) === undefined;
    if (isGone) await this.#parts.proofs.revoke(row, server, secrets);
  }
}

const SETTLED = { attemptedAt: null, failures: 0, retryAt: null } as const;
