import type { EntityManager } from '@mikro-orm/postgresql';
import { documentNames } from '../../contract/snapshot.ts';
import type { ApiContext } from '../api/context.ts';
import { makePageBatch, toPageKey } from '../api/page-batch.ts';
import type { Page, PageArgs } from '../api/page.ts';
import { decide } from '../authorization/index.ts';
import { TrustedIssuerEntity, type TrustedIssuerRow } from './trusted-issuer.entity.ts';
import { toTrustedIssuerType, type TrustedIssuerType } from './trusted-issuer.type.ts';

/** A trusted issuer that the caller sees. */
export async function readTrustedIssuer(id: string, context: ApiContext): Promise<TrustedIssuerType | null> {
  return toVisible(await context.em.findOne(TrustedIssuerEntity, id), context);
}

/** The same by its natural key. */
export async function readTrustedIssuerByIssuer(
  organizationId: string,
  issuer: string,
  context: ApiContext,
): Promise<TrustedIssuerType | null> {
  return toVisible(await context.em.findOne(TrustedIssuerEntity, { organizationId, issuer }), context);
}

/** Those of an organization: all of them or none, by what the caller may see. */
export function listTrustedIssuers(
  organizationId: string,
  args: PageArgs,
  { access, loaders }: ApiContext,
): Promise<Page<TrustedIssuerType>> {
  const isVisible = decide(access, 'trusted_issuer.read', { organizationId }) === 'allowed';
  return loaders.load(batchTrustedIssuers, toPageKey(organizationId, args, isVisible));
}

/** The document that names a person to whoever checks tokens of trusted issuers. */
export async function findTrustDocuments(em: EntityManager, userId: string): Promise<string[]> {
  const rows = await em.execute<{ organization_id: string }[]>(
    `SELECT u.organization_id FROM users u WHERE u.id = ? AND EXISTS (
       SELECT FROM trusted_issuers t WHERE t.organization_id = u.organization_id
     )`,
    [userId],
  );
  return rows.map((row) => documentNames.organization(row.organization_id));
}

function toVisible(row: TrustedIssuerRow | null, { access }: ApiContext): TrustedIssuerType | null {
  return row !== null && decide(access, 'trusted_issuer.read', { organizationId: row.organizationId }) === 'allowed'
    ? toTrustedIssuerType(row)
    : null;
}

const batchTrustedIssuers = makePageBatch(
  TrustedIssuerEntity,
  (isVisible: boolean) => ({
    sql: 'FROM trusted_issuers item WHERE item.organization_id = parent.id AND ?::boolean',
    values: [isVisible],
  }),
  toTrustedIssuerType,
);
