import type { EntityManager } from '@mikro-orm/postgresql';
import { documentNames, type PublicKey } from '../../contract/snapshot.ts';
import type { Clock } from '../../foundation/clock.ts';
import { ok, type Result } from '../../foundation/result.ts';
import { checkInput } from '../api/check-input.ts';
import { newId } from '../api/ids.ts';
import type { ChangeResult } from '../api/payload.ts';
import { notFound, userError, UserErrorCode, type UserError } from '../api/user-error.ts';
import { authorize, toActorName, type Access } from '../authorization/index.ts';
import type { Outbox } from '../database/outbox.ts';
import { readCreated, runOnce } from '../database/run-once.ts';
import { findStaleness, FOR_CHANGE, write, type Conflicts } from '../database/write.ts';
import type { Fetch } from '../egress/index.ts';
import { OrganizationEntity } from '../organizations/index.ts';
import { readKeys, type KeySource } from './read-keys.ts';
import { createRules, MAX_TRUSTED_ISSUERS, updateRules } from './trusted-issuer-rules.ts';
import { TrustedIssuerEntity, type TrustedIssuerRow } from './trusted-issuer.entity.ts';
import type { TrustedIssuerCreateInput, TrustedIssuerUpdateInput } from './trusted-issuer.input.ts';

const CONFLICTS: Conflicts = {
  trusted_issuers_issuer_key: {
    code: UserErrorCode.TAKEN,
    message: 'The organization trusts this issuer already.',
    field: ['input', 'issuer'],
  },
};

/** What the write model works with. */
export interface TrustedIssuerServiceParts {
  readonly em: EntityManager;
  readonly clock: Clock;
  readonly outbox: Outbox;
  readonly fetch: Fetch;
}

/** The write model of trusted issuers. Keys are read before the transaction: an issuer that is slow must hold no locks. */
export class TrustedIssuerService {
  readonly #parts: TrustedIssuerServiceParts;

  constructor(parts: TrustedIssuerServiceParts) {
    this.#parts = parts;
  }

  async create(access: Access, input: TrustedIssuerCreateInput, key?: string | null): Promise<ChangeResult<TrustedIssuerRow>> {
    const { organizationId } = input;
    if (!authorize(access, 'trusted_issuer.write', { organizationId })) return notFound('organization', 'input', 'organizationId');
    const checked = checkInput(createRules, input);
    if (!checked.ok) return checked;
    const keys = await this.#readKeys(input);
    if (!keys.ok) return keys;
    return write(this.#parts.em, CONFLICTS, async (em) => {
      // Locked, so that issuers are counted one creation after the other.
      const organization = await em.findOne(OrganizationEntity, organizationId, FOR_CHANGE);
      if (organization === null) return notFound('organization', 'input', 'organizationId');
      const request = { caller: toActorName(access.actor), operation: 'trustedIssuerCreate', key, input };
      const answer = await runOnce(em, request, async () => {
        if ((await em.count(TrustedIssuerEntity, { organizationId })) >= MAX_TRUSTED_ISSUERS) {
          return userError(UserErrorCode.LIMIT_REACHED, `An organization trusts at most ${MAX_TRUSTED_ISSUERS} issuers.`);
        }
        const now = new Date(this.#parts.clock.nowMs());
        const id = newId('TrustedIssuer');
        const { issuer, audience = null, jwksUrl = null, userClaim, enabled } = checked.value;
        const settings = { organizationId, issuer, audience, jwksUrl, userClaim, enabled, requiredClaims: toRecord(input.requiredClaims) };
        em.create(TrustedIssuerEntity, {
          ...settings,
          id,
          keys: [...keys.value],
          keysReadAt: now,
          keysFailure: null,
          nextReadAt: now,
          createdAt: now,
          updatedAt: now,
          version: 1,
        });
        await em.flush();
        const revision = await this.#mark(em, organizationId);
        return ok({ value: { id, revision }, revision });
      });
      return answer.ok ? readCreated(em, TrustedIssuerEntity, answer.value.value) : answer;
    });
  }

  async update(
    access: Access,
    id: string,
    input: TrustedIssuerUpdateInput,
    expectedVersion?: number | null,
  ): Promise<ChangeResult<TrustedIssuerRow>> {
    const before = await this.#parts.em.fork().findOne(TrustedIssuerEntity, id);
    if (before === null || !authorize(access, 'trusted_issuer.write', { organizationId: before.organizationId })) {
      return notFound('trusted issuer', 'id');
    }
    const checked = checkInput(updateRules, input);
    if (!checked.ok) return checked;
    const { requiredClaims, ...rest } = checked.value;
    const isMoved = rest.jwksUrl !== undefined && rest.jwksUrl !== before.jwksUrl;
    const keys = isMoved ? await this.#readKeys({ issuer: before.issuer, jwksUrl: rest.jwksUrl }) : undefined;
    if (keys !== undefined && !keys.ok) return keys;
    return write(this.#parts.em, CONFLICTS, async (em) => {
      const row = await em.findOne(TrustedIssuerEntity, id, FOR_CHANGE);
      if (row === null) return notFound('trusted issuer', 'id');
      const stale = findStaleness(row, expectedVersion);
      if (stale !== undefined) return stale;
      const now = new Date(this.#parts.clock.nowMs());
      const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
      em.assign(row, {
        ...given,
        ...(requiredClaims !== undefined && { requiredClaims: toRecord(requiredClaims) }),
        ...(keys !== undefined && { keys: [...keys.value], keysReadAt: now, keysFailure: null }),
        updatedAt: now,
      });
      await em.flush();
      return ok({ value: row, revision: await this.#mark(em, row.organizationId) });
    });
  }

  async delete(access: Access, id: string, expectedVersion?: number | null): Promise<ChangeResult<string>> {
    return write(this.#parts.em, CONFLICTS, async (em) => {
      const row = await em.findOne(TrustedIssuerEntity, id, FOR_CHANGE);
      if (row === null || !authorize(access, 'trusted_issuer.write', { organizationId: row.organizationId }))
        return ok({ value: id, revision: null });
      const stale = findStaleness(row, expectedVersion);
      if (stale !== undefined) return stale;
      em.remove(row);
      await em.flush();
      return ok({ value: id, revision: await this.#mark(em, row.organizationId) });
    });
  }

  async #readKeys(source: KeySource): Promise<Result<readonly PublicKey[], readonly UserError[]>> {
    const keys = await readKeys(this.#parts.fetch, source);
    return keys.ok ? keys : userError(UserErrorCode.UNREACHABLE, keys.error, 'input', source.jwksUrl == null ? 'issuer' : 'jwksUrl');
  }

  #mark(em: EntityManager, organizationId: string): Promise<number> {
    return this.#parts.outbox.mark(em, [documentNames.organization(organizationId)]);
  }
}

function toRecord(claims: readonly { readonly name: string; readonly value: string }[]): Record<string, string> {
  return Object.fromEntries(claims.map(({ name, value }) => [name, value]));
}
