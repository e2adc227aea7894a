// Trust boundary: which account a provider's word opens. Somebody known by issuer and subject is that person, whatever else changed. An
// address opens an account that was there before only where the provider vouches for it: people choose unverified ones themselves.
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Clock } from '../../foundation/clock.ts';
import { err, ok, type Result } from '../../foundation/result.ts';
import { newId } from '../api/ids.ts';
import { isLocked } from '../database/is-locked.ts';
import type { FindDocuments, Outbox } from '../database/outbox.ts';
import { UserEntity, type User } from '../identity/index.ts';
import type { IdentityProvider } from './identity-provider.entity.ts';
import type { ProvidedPerson } from './person-claims.ts';

/** What admission works with. */
export interface AdmissionParts {
  readonly em: EntityManager;
  readonly clock: Clock;
  readonly outbox: Outbox;
  /** What a person is in. */
  readonly findDocuments: FindDocuments;
}

const NOT_KNOWN = 'You have no account here. Ask an administrator of your organization to add you.';
const NOT_VERIFIED = 'Your identity provider does not vouch for your e-mail address, so it cannot be matched with an account.';
const DISABLED = 'Your account is disabled. Ask an administrator of your organization.';

/** @returns the id of the user, who may be new; or why there is none, in words for the person. */
export function admitPerson(parts: AdmissionParts, provider: IdentityProvider, person: ProvidedPerson): Promise<Result<string, string>> {
  return parts.em.fork().transactional(async (em) => {
    // Two first sign-ins of one person at the same moment must not become two accounts, or a failure.
    await em.execute('SELECT id FROM organizations WHERE id = ? FOR UPDATE', [provider.organizationId]);
    const found = await findUser(em, provider, person);
    if (!found.ok) return found;
    const now = new Date(parts.clock.nowMs());
    const user = found.value ?? createUser(em, provider, person, now);
    if (!user.enabled || (await isLocked(em, user.id))) return err(DISABLED);
    const isChanged =
      found.value === undefined || (person.groups !== undefined && person.groups.join('\0') !== user.groups.toSorted().join('\0'));
    if (person.groups !== undefined) user.groups = [...person.groups];
    if (isChanged) user.updatedAt = now;
    await em.flush();
    await em.execute(
      `INSERT INTO user_identities (organization_id, issuer, subject, user_id, created_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
      [provider.organizationId, provider.issuer, person.subject, user.id, now],
    );
    const documents = isChanged ? await parts.findDocuments(em, user.id) : [];
    if (documents.length > 0) await parts.outbox.mark(em, documents);
    return ok(user.id);
  });
}

/** Undefined: nobody is there, and somebody may be made. */
async function findUser(em: EntityManager, provider: IdentityProvider, person: ProvidedPerson): Promise<Result<User | undefined, string>> {
  const { organizationId, issuer, createsUsers } = provider;
  const [identity] = await em.execute<{ user_id: string }[]>(
    'SELECT user_id FROM user_identities WHERE organization_id = ? AND issuer = ? AND subject = ?',
    [organizationId, issuer, person.subject],
  );
  if (identity !== undefined) return ok(await em.findOneOrFail(UserEntity, identity.user_id));
  if (!person.isEmailVerified) return err(NOT_VERIFIED);
  const known = await em.findOne(UserEntity, { organizationId, emailKey: person.email.toLowerCase() });
  if (known !== null) return ok(known);
  return createsUsers ? ok(undefined) : err(NOT_KNOWN);
}

function createUser(em: EntityManager, provider: IdentityProvider, person: ProvidedPerson, now: Date): User {
  return em.create(UserEntity, {
    id: newId('User'),
    organizationId: provider.organizationId,
    email: person.email,
    emailKey: person.email.toLowerCase(),
    name: person.name,
    role: provider.defaultRole,
    enabled: true,
    groups: [],
    createdAt: now,
    updatedAt: now,
    version: 1,
  });
}
