import type { EntityManager, EntityName } from '@mikro-orm/postgresql';
import { toPlainRows } from '../database/plain-rows.ts';
import type { Batch } from './loaders.ts';

/** Reads objects by their ids with one query; null where there is none. What the caller may see is for whoever asks to decide. */
export function makeIdBatch<Row extends { readonly id: string }, Item>(
  entity: EntityName<Row>,
  toItem: (row: Row) => Item,
): Batch<string, Item | null> {
  return async (em, ids) => {
    const byId = new Map((await readRows(em, entity, ids)).map((row) => [row.id, toItem(row)]));
    return ids.map((id) => byId.get(id) ?? null);
  };
}

async function readRows<Row extends object>(em: EntityManager, entity: EntityName<Row>, ids: readonly string[]): Promise<Row[]> {
  const { tableName } = em.getMetadata(entity);
  // One value however many ids, so that the statement is always the same one.
  const rows = await em.execute<Record<string, unknown>[]>(
    `SELECT * FROM ${tableName} WHERE id IN (SELECT jsonb_array_elements_text(?::jsonb))`,
    [JSON.stringify(ids)],
  );
  return toPlainRows(em, entity, rows);
}
