import type { ApiContext } from '../api/context.ts';
import { makeIdBatch } from '../api/id-batch.ts';
import { makePageBatch, toPageKey } from '../api/page-batch.ts';
import type { Page, SearchPageArgs } from '../api/page.ts';
import { decide, type Access } from '../authorization/index.ts';
import { UserEntity } from './user.entity.ts';
import { toUserType, type UserType } from './user.type.ts';

/** A person that the caller sees: themselves, or anybody of an organization they oversee. */
export async function readUser(id: string, { access, loaders }: ApiContext): Promise<UserType | null> {
  const user = await loaders.load(batchUsers, id);
  return user !== null && isUserVisible(access, user.organizationId, id) ? user : null;
}

/** The same by their natural key. */
export async function readUserByEmail(organizationId: string, email: string, { access, em }: ApiContext): Promise<UserType | null> {
  const row = await em.findOne(UserEntity, { organizationId, emailKey: email.toLowerCase() });
  return row !== null && isUserVisible(access, organizationId, row.id) ? toUserType(row) : null;
}

/** The people of an organization, for those who oversee it or manage a workspace of it; for others only themselves. */
export function listUsers(organizationId: string, args: SearchPageArgs, { access, loaders }: ApiContext): Promise<Page<UserType>> {
  const own = access.actor.kind === 'user' ? access.actor.userId : '';
  const scope: UserScope = { own: isUserVisible(access, organizationId, null) ? null : own, nameContains: args.nameContains ?? null };
  return loaders.load(batchUserPages, toPageKey(organizationId, args, scope));
}

interface UserScope {
  /** The one person that a caller sees who does not see all of them; null for those who do. */
  readonly own: string | null;
  /** Looked for in the e-mail address too. */
  readonly nameContains: string | null;
}

const batchUserPages = makePageBatch(
  UserEntity,
  ({ own, nameContains }: UserScope) => ({
    sql: `FROM users item WHERE item.organization_id = parent.id
      AND (?::text IS NULL OR strpos(lower(item.name || ' ' || item.email), lower(?)) > 0) ${own === null ? '' : 'AND item.id = ?'}`,
    values: [nameContains, nameContains, ...(own === null ? [] : [own])],
  }),
  toUserType,
);

/** For fields of other types, whose objects the caller sees already. */
export const batchUsers = makeIdBatch(UserEntity, toUserType);

/** A manager brings people into their workspace, so they see who there is. */
export function isUserVisible(access: Access, organizationId: string, userId: string | null): boolean {
  const seats = [...access.workspaceSeats].filter(([, seat]) => seat.organizationId === organizationId && seat.role === 'MANAGER');
  return decide(access, 'user.read', { organizationId, userId, workspaceId: seats[0]?.[0] ?? null }) === 'allowed';
}
