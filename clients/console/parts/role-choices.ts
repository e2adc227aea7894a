import type { OrganizationRole } from '../generated/graphql.ts';
import { words } from '../texts/words.ts';

/** The roles in the organization that somebody may give: only an owner makes owners. */
export function toRoleChoices(isOwner: boolean): { value: OrganizationRole; label: string }[] {
  const roles = Object.entries(words.organizationRole) as [OrganizationRole, string][];
  return roles.filter(([role]) => isOwner || role !== 'OWNER').map(([value, label]) => ({ value, label }));
}
