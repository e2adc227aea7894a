import type { EntityManager } from '@mikro-orm/postgresql';
import type { ProviderOffer } from '../identity/index.ts';

/** As many as a sign-in page shows. */
const MAX_OFFERS = 10;

/**
 * The providers by which people of an organization sign in. Without an organization, those of the only one that has any: where several
 * have, a stranger is not shown who they are.
 */
export async function listProviderOffers(em: EntityManager, organizationSlug: string | undefined): Promise<readonly ProviderOffer[]> {
  const rows = await em.fork().execute<{ id: string; name: string; organization_id: string }[]>(
    `SELECT p.id, p.name, p.organization_id FROM identity_providers p JOIN organizations o ON o.id = p.organization_id
     WHERE p.enabled AND (?::text IS NULL OR o.slug = ?) ORDER BY p.created_at, p.id LIMIT ${MAX_OFFERS}`,
    [organizationSlug ?? null, organizationSlug ?? null],
  );
  if (new Set(rows.map((row) => row.organization_id)).size > 1) return [];
  return rows.map(({ id, name }) => ({ href: `/sign-in/provider/${id}`, name }));
}
