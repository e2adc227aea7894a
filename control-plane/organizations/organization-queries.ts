import type { ApiContext } from '../api/context.ts';
import { makeIdBatch } from '../api/id-batch.ts';
import { readPage, type Page, type PageArgs } from '../api/page.ts';
import { decide, type Access } from '../authorization/index.ts';
import { OrganizationEntity } from './organization.entity.ts';
import { toOrganizationType, type OrganizationType } from './organization.type.ts';

/** An organization that the caller sees. */
export async function readOrganization(id: string, { access, loaders }: ApiContext): Promise<OrganizationType | null> {
  const organization = await loaders.load(batchOrganizations, id);
  return organization !== null && decide(access, 'organization.read', { organizationId: id }) === 'allowed' ? organization : null;
}

/** The same by its natural key. */
export async function readOrganizationBySlug(slug: string, { access, em }: ApiContext): Promise<OrganizationType | null> {
  const row = await em.findOne(OrganizationEntity, { slug });
  return row !== null && decide(access, 'organization.read', { organizationId: row.id }) === 'allowed' ? toOrganizationType(row) : null;
}

/** The organizations that the caller sees. */
export function listOrganizations(args: PageArgs, { access, em }: ApiContext): Promise<Page<OrganizationType>> {
  const where = access.actor.kind === 'instance_admin' ? {} : { id: { $in: toSeenIds(access) } };
  return readPage(em, OrganizationEntity, where, args, toOrganizationType);
}

/** For fields of other types, whose objects the caller sees already. */
export const batchOrganizations = makeIdBatch(OrganizationEntity, toOrganizationType);

function toSeenIds({ organizationRoles, workspaceSeats }: Access): string[] {
  return [...new Set([...organizationRoles.keys(), ...[...workspaceSeats.values()].map((seat) => seat.organizationId)])];
}
