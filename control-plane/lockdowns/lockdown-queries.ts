import type { EntityManager } from '@mikro-orm/postgresql';
import type { ApiContext } from '../api/context.ts';
import { makePageBatch, toPageKey } from '../api/page-batch.ts';
import { toPage, type Page, type PageArgs } from '../api/page.ts';
import { decide, type Access } from '../authorization/index.ts';
import { LockdownEntity, type Lockdown } from './lockdown.entity.ts';
import { toLockdownType, type LockdownType } from './lockdown.type.ts';

/** A lockdown that the caller sees. */
export async function readLockdown(id: string, { access, em }: ApiContext): Promise<LockdownType | null> {
  return toVisible(await em.findOne(LockdownEntity, id), access);
}

/** The same by its natural key: what is under lockdown. */
export async function readLockdownBySubject(subjectId: string, { access, loaders }: ApiContext): Promise<LockdownType | null> {
  return toVisible(await loaders.load(batchBySubject, subjectId), access);
}

/** Whether something is under lockdown, for whoever sees it: their calls would be refused. Why, they are not told. */
export async function isLockedDown(subjectId: string, { loaders }: ApiContext): Promise<boolean> {
  return (await loaders.load(batchBySubject, subjectId)) !== null;
}

/** The lockdowns of an organization; nothing for a caller who may not see them. */
export function listLockdowns(organizationId: string, args: PageArgs, { access, loaders }: ApiContext): Promise<Page<LockdownType>> {
  if (!maySeeLockdowns(access, organizationId)) return Promise.resolve(toPage([], args.first, toLockdownType));
  return loaders.load(batchLockdowns, toPageKey(organizationId, args, null));
}

/** Whoever may not is told nothing, not even whether there is something that could be stopped. */
export function maySeeLockdowns(access: Access, organizationId: string): boolean {
  return decide(access, 'lockdown.read', { organizationId }) === 'allowed';
}

const batchLockdowns = makePageBatch(
  LockdownEntity,
  () => ({ sql: 'FROM lockdowns item WHERE item.organization_id = parent.id' }),
  toLockdownType,
);

async function batchBySubject(em: EntityManager, subjectIds: readonly string[]): Promise<(Lockdown | null)[]> {
  const rows = await em.execute<Record<string, unknown>[]>(
    'SELECT * FROM lockdowns WHERE subject_id IN (SELECT jsonb_array_elements_text(?::jsonb))',
    [JSON.stringify(subjectIds)],
  );
  const bySubject = new Map(rows.map((row) => [row['subject_id'], em.map(LockdownEntity, row as never)]));
  return subjectIds.map((id) => bySubject.get(id) ?? null);
}

function toVisible(row: Lockdown | null, access: Access): LockdownType | null {
  return row !== null && maySeeLockdowns(access, row.organizationId) ? toLockdownType(row) : null;
}
