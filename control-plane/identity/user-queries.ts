import type { EntityManager } from '@mikro-orm/postgresql';
import type { ApiContext } from '../api/context.ts';
import { readPage, type Page, type PageArgs } from '../api/page.ts';
import { decide } from '../authorization/index.ts';
import { UserEntity } from './user.entity.ts';
import { toUserType, type UserType } from './user.type.ts';

/** A person that the caller sees: themselves, or anybody of an organization they oversee. */
export async function readUser(id: string, { access, loaders }: ApiContext): Promise<UserType | null> {
  const user = await loaders.load(batchUsers, id);
  return user !== null && decide(access, 'user.read', { organizationId: user.organizationId, userId: id }) === 'allowed' ? user : null;
}

/** The same by their natural key. */
export async function readUserByEmail(organizationId: string, email: string, { access, em }: ApiContext): Promise<UserType | null> {
  const row = await em.findOne(UserEntity, { organizationId, emailKey: email.toLowerCase() });
  return row !== null && decide(access, 'user.read', { organizationId, userId: row.id }) === 'allowed' ? toUserType(row) : null;
}

/** The people of an organization, for those who oversee it; for others only themselves. */
export function listUsers(organizationId: string, args: PageArgs, { access, em }: ApiContext): Promise<Page<UserType>> {
  const { actor } = access;
  const role = access.organizationRoles.get(organizationId);
  const overseas = actor.kind === 'instance_admin' || (role !== undefined && role !== 'MEMBER');
  const own = actor.kind === 'user' ? actor.userId : '';
  return readPage(em, UserEntity, overseas ? { organizationId } : { organizationId, id: own }, args, toUserType);
}

/** For fields of other types, whose objects the caller sees already. */
export async function batchUsers(em: EntityManager, ids: readonly string[]): Promise<(UserType | null)[]> {
  const rows = await em.find(UserEntity, { id: { $in: [...ids] } });
  const byId = new Map(rows.map((row) => [row.id, toUserType(row)]));
  return ids.map((id) => byId.get(id) ?? null);
}
