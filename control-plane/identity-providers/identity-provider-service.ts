import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../foundation/clock.ts';
import { ok } from '../../foundation/result.ts';
import { checkInput } from '../api/check-input.ts';
import { newId } from '../api/ids.ts';
import type { ChangeResult } from '../api/payload.ts';
import { notFound, userError, UserErrorCode } from '../api/user-error.ts';
import { authorize, toActorName, type Access } from '../authorization/index.ts';
import { readCreated, runOnce } from '../database/run-once.ts';
import { findStaleness, FOR_CHANGE, write, type Conflicts } from '../database/write.ts';
import type { Fetch } from '../egress/index.ts';
import { OrganizationEntity } from '../organizations/index.ts';
import { identityProviderSecretOwner, type SecretSealer } from '../secrets/index.ts';
import { createRules, MAX_IDENTITY_PROVIDERS, storedRules, updateRules } from './identity-provider-rules.ts';
import { IdentityProviderEntity, type IdentityProvider } from './identity-provider.entity.ts';
import type { IdentityProviderCreateInput, IdentityProviderUpdateInput } from './identity-provider.input.ts';
import { readProviderMetadata } from './provider-metadata.ts';

const CONFLICTS: Conflicts = {
  identity_providers_issuer_key: {
    code: UserErrorCode.TAKEN,
    message: 'The organization has an identity provider with this issuer already.',
    field: ['input', 'issuer'],
  },
};

/** What the write model works with. */
export interface IdentityProviderServiceParts {
  readonly em: EntityManager;
  readonly clock: Clock;
  readonly fetch: Fetch;
  readonly sealer: SecretSealer;
}

/** The write model of identity providers. Gateways know nothing of them, so nothing is published. */
export class IdentityProviderService {
  readonly #parts: IdentityProviderServiceParts;

  constructor(parts: IdentityProviderServiceParts) {
    this.#parts = parts;
  }

  async create(access: Access, input: IdentityProviderCreateInput, key?: string | null): Promise<ChangeResult<IdentityProvider>> {
    const { organizationId } = input;
    if (!authorize(access, 'identity_provider.write', { organizationId })) return notFound('organization', 'input', 'organizationId');
    const checked = checkInput(createRules, input);
    if (!checked.ok) return checked;
    const metadata = await readProviderMetadata(this.#parts.fetch, input.issuer);
    if (!metadata.ok) return userError(UserErrorCode.UNREACHABLE, metadata.error, 'input', 'issuer');
    return write(this.#parts.em, CONFLICTS, async (em) => {
      // Locked, so that providers are counted one creation after the other.
      const organization = await em.findOne(OrganizationEntity, organizationId, FOR_CHANGE);
      if (organization === null) return notFound('organization', 'input', 'organizationId');
      const request = { caller: toActorName(access.actor), operation: 'identityProviderCreate', key, input };
      const answer = await runOnce(em, request, async () => {
        if ((await em.count(IdentityProviderEntity, { organizationId })) >= MAX_IDENTITY_PROVIDERS)
          return userError(UserErrorCode.LIMIT_REACHED, `An organization has at most ${MAX_IDENTITY_PROVIDERS} identity providers.`);
        const now = new Date(this.#parts.clock.nowMs());
        const id = newId('IdentityProvider');
        const { clientSecret, groupsClaim = null, emailDomain = null, requiredGroup = null, ...settings } = checked.value;
        em.create(IdentityProviderEntity, {
          ...settings,
          ...this.#seal(id, clientSecret, now),
          id,
          organizationId,
          groupsClaim,
          emailDomain,
          requiredGroup,
          createdAt: now,
          updatedAt: now,
          version: 1,
        });
        await em.flush();
        return ok({ value: { id, revision: null }, revision: null });
      });
      return answer.ok ? readCreated(em, IdentityProviderEntity, answer.value.value) : answer;
    });
  }

  async update(
    access: Access,
    id: string,
    input: IdentityProviderUpdateInput,
    expectedVersion?: number | null,
  ): Promise<ChangeResult<IdentityProvider>> {
    return write(this.#parts.em, CONFLICTS, async (em) => {
      const row = await em.findOne(IdentityProviderEntity, id, FOR_CHANGE);
      if (row === null || !authorize(access, 'identity_provider.write', { organizationId: row.organizationId }))
        return notFound('identity provider', 'id');
      const stale = findStaleness(row, expectedVersion);
      if (stale !== undefined) return stale;
      const checked = checkInput(updateRules, input);
      if (!checked.ok) return checked;
      const { clientSecret, ...settings } = checked.value;
      const changes = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
      const stored = checkInput(storedRules, { ...row, ...changes });
      if (!stored.ok) return stored;
      const now = new Date(this.#parts.clock.nowMs());
      em.assign(row, { ...changes, ...(clientSecret !== undefined && this.#seal(id, clientSecret, now)), updatedAt: now });
      await em.flush();
      return ok({ value: row, revision: null });
    });
  }

  /** Who is known by its issuer is forgotten with it: another provider of that name must not inherit them. */
  async delete(access: Access, id: string, expectedVersion?: number | null): Promise<ChangeResult<string>> {
    return write(this.#parts.em, CONFLICTS, async (em) => {
      const row = await em.findOne(IdentityProviderEntity, id, FOR_CHANGE);
      if (row === null || !authorize(access, 'identity_provider.write', { organizationId: row.organizationId }))
        return ok({ value: id, revision: null });
      const stale = findStaleness(row, expectedVersion);
      if (stale !== undefined) return stale;
      await em.execute('DELETE FROM user_identities WHERE organization_id = ? AND issuer = ?', [row.organizationId, row.issuer]);
      em.remove(row);
      return ok({ value: id, revision: null });
    });
  }

  #seal(id: string, secret: string | null | undefined, now: Date) {
    if (secret == null)
      return { sealedClientSecret: null, clientSecretKeyId: null, clientSecretFingerprint: null, clientSecretUpdatedAt: null };
    const { sealed, keyId, fingerprint } = this.#parts.sealer.seal(identityProviderSecretOwner(id), secret);
    return { sealedClientSecret: sealed, clientSecretKeyId: keyId, clientSecretFingerprint: fingerprint, clientSecretUpdatedAt: now };
  }
}
