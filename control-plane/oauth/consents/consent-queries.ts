import type { EntityManager } from '@mikro-orm/postgresql';
import { documentNames } from '../../../contract/snapshot.ts';
import type { ApiContext } from '../../api/context.ts';
import { makePageBatch, toPageKey } from '../../api/page-batch.ts';
import type { Page, PageArgs } from '../../api/page.ts';
import { decide } from '../../authorization/index.ts';
import { ConsentEntity } from './consent.entity.ts';
import { toConsentType, type ConsentType } from './consent.type.ts';

/** A consent that the caller sees: their own, those of an organization they oversee. */
export async function readConsent(id: string, { access, em }: ApiContext): Promise<ConsentType | null> {
  const row = await em.findOne(ConsentEntity, id);
  if (row === null) return null;
  const { organizationId, userId } = row;
  return decide(access, 'consent.read', { organizationId, userId }) === 'allowed' ? toConsentType(row) : null;
}

/** What a person allowed, for the person and for those who oversee the organization. */
export function listUserConsents(
  user: { readonly id: string; readonly organizationId: string },
  args: PageArgs,
  { access, loaders }: ApiContext,
): Promise<Page<ConsentType>> {
  const sees = decide(access, 'consent.read', { organizationId: user.organizationId, userId: user.id }) === 'allowed';
  return loaders.load(batchConsentPages, toPageKey<boolean>(user.id, args, sees));
}

const batchConsentPages = makePageBatch(
  ConsentEntity,
  (sees: boolean) => ({ sql: `FROM consents item WHERE item.user_id = parent.id ${sees ? '' : 'AND false'}` }),
  toConsentType,
);

/** The documents that the consents of a person, for a workspace or for a server are in; until the commit, none of theirs goes. */
export async function findConsentDocuments(em: EntityManager, id: string): Promise<string[]> {
  const rows = await em.execute<{ workspace_id: string; shard: string }[]>(
    `SELECT workspace_id, shard FROM consents WHERE user_id = ? OR workspace_id = ? OR mcp_server_id = ? FOR UPDATE`,
    [id, id, id],
  );
  return [...new Set(rows.map((row) => documentNames.consents(row.workspace_id, row.shard)))];
}
