import type { EntityManager } from '@mikro-orm/postgresql';
import type { UserAccess } from '../../contract/snapshot.ts';
import { UserErrorCode, type UserError } from '../api/user-error.ts';
import { noteChange, type ResourceValues } from '../database/change-notes.ts';
import { UserEntity } from '../identity/index.ts';
import { UserOverrideEntity } from './access-grant.entity.ts';

/** Exceptions in one grant at most: they are shipped with the workspace to every gateway. */
export const MAX_USER_OVERRIDES = 1_000;

export interface UserOverrideDraft {
  readonly userId: string;
  readonly access: UserAccess;
}

const FIELD = ['input', 'userOverrides'];

/** What is wrong with a set of overrides, all of it together. */
export async function findOverrideFaults(
  em: EntityManager,
  organizationId: string,
  overrides: readonly UserOverrideDraft[],
): Promise<UserError[]> {
  if (overrides.length > MAX_USER_OVERRIDES) {
    return [{ code: UserErrorCode.LIMIT_REACHED, message: `A grant has at most ${MAX_USER_OVERRIDES} overrides.`, field: FIELD }];
  }
  const ids = overrides.map(({ userId }) => userId);
  const known = new Set((await em.find(UserEntity, { id: { $in: ids }, organizationId }, { fields: ['id'] })).map(({ id }) => id));
  return ids.flatMap((id, index): UserError[] => {
    const field = [...FIELD, String(index), 'userId'];
    if (!known.has(id)) return [{ code: UserErrorCode.NOT_FOUND, message: 'There is no such user, or you cannot see them.', field }];
    if (ids.indexOf(id) < index)
      return [{ code: UserErrorCode.INVALID, message: 'This person has an override already in this set.', field }];
    return [];
  });
}

/** Makes them the overrides of the grant, and no others. */
export async function replaceOverrides(em: EntityManager, accessGrantId: string, overrides: readonly UserOverrideDraft[]): Promise<void> {
  const before = await em.find(UserOverrideEntity, { accessGrantId }, { orderBy: { userId: 'asc' }, disableIdentityMap: true });
  noteChange(em, { kind: 'AccessGrant', id: accessGrantId, before: toValues(before), after: toValues(overrides) });
  await em.nativeDelete(UserOverrideEntity, { accessGrantId });
  if (overrides.length > 0)
    await em.insertMany(
      UserOverrideEntity,
      overrides.map(({ userId, access }) => ({ accessGrantId, userId, access })),
    );
}

/** In one order, so that the same set is no change. */
function toValues(overrides: readonly UserOverrideDraft[]): ResourceValues {
  const entries = overrides.map(({ userId, access }) => ({ userId, access }));
  return { userOverrides: entries.sort((a, b) => (a.userId < b.userId ? -1 : 1)) };
}
