import type { ApiContext } from '../api/context.ts';
import { makePageBatch, toPageKey } from '../api/page-batch.ts';
import type { Page, PageArgs } from '../api/page.ts';
import { decide } from '../authorization/index.ts';
import { IdentityProviderEntity, type IdentityProvider } from './identity-provider.entity.ts';
import { toIdentityProviderType, type IdentityProviderType } from './identity-provider.type.ts';

/** An identity provider that the caller sees. */
export async function readIdentityProvider(id: string, context: ApiContext): Promise<IdentityProviderType | null> {
  return toVisible(await context.em.findOne(IdentityProviderEntity, id), context);
}

/** The same by its natural key. */
export async function readIdentityProviderByIssuer(
  organizationId: string,
  issuer: string,
  context: ApiContext,
): Promise<IdentityProviderType | null> {
  return toVisible(await context.em.findOne(IdentityProviderEntity, { organizationId, issuer }), context);
}

/** Those of an organization: all of them or none, by what the caller may see. */
export function listIdentityProviders(
  organizationId: string,
  args: PageArgs,
  { access, loaders }: ApiContext,
): Promise<Page<IdentityProviderType>> {
  const isVisible = decide(access, 'identity_provider.read', { organizationId }) === 'allowed';
  return loaders.load(batchIdentityProviders, toPageKey(organizationId, args, isVisible));
}

function toVisible(row: IdentityProvider | null, { access }: ApiContext): IdentityProviderType | null {
  return row !== null && decide(access, 'identity_provider.read', { organizationId: row.organizationId }) === 'allowed'
    ? toIdentityProviderType(row)
    : null;
}

const batchIdentityProviders = makePageBatch(
  IdentityProviderEntity,
  (isVisible: boolean) => ({
    sql: 'FROM identity_providers item WHERE item.organization_id = parent.id AND ?::boolean',
    values: [isVisible],
  }),
  toIdentityProviderType,
);
