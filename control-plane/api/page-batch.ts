import type { EntityManager, EntityName } from '@mikro-orm/postgresql';
import { toPlainRows } from '../database/plain-rows.ts';
import type { Batch } from './loaders.ts';
import { checkPageSize, parseCursor, toPage, type Page, type PageArgs, type PageRow } from './page.ts';

/** Where the items of a parent are found: SQL from `FROM … item WHERE …`, in which `parent.id` is the parent, and the values of its `?`. */
export interface PageSource {
  readonly sql: string;
  readonly values?: readonly unknown[];
}

interface PageRequest<Scope> {
  readonly parentId: string;
  readonly first: number;
  readonly after: string | null;
  readonly scope: Scope;
}

/**
 * The key under which a page of a nested list is loaded.
 * @param scope what else the list depends on: what the caller may see of it.
 * @throws {AccessError} BAD_REQUEST for a page size or a cursor that is not one.
 */
export function toPageKey<Scope>(parentId: string, args: PageArgs, scope: Scope): string {
  const request: PageRequest<Scope> = { parentId, first: checkPageSize(args.first), after: args.after ?? null, scope };
  if (request.after !== null) parseCursor(request.after);
  return JSON.stringify(request);
}

/** Reads the pages of a list that hangs on many parents with one query, in the order (createdAt, id). */
export function makePageBatch<Row extends PageRow, Item, Scope>(
  entity: EntityName<Row>,
  toSource: (scope: Scope) => PageSource,
  toItem: (row: Row) => Item,
): Batch<string, Page<Item>> {
  return async (em, keys) => {
    const requests = keys.map((key) => JSON.parse(key) as PageRequest<Scope>);
    const alike = Map.groupBy(requests, ({ first, after, scope }) => JSON.stringify([first, after, scope]));
    const pages = new Map<PageRequest<Scope>, Page<Item>>();
    for (const group of alike.values()) {
      const rows = await readRows(em, entity, toSource(group[0]!.scope), group);
      for (const request of group) pages.set(request, toPage(rows.get(request.parentId) ?? [], request.first, toItem));
    }
    return requests.map((request) => pages.get(request)!);
  };
}

async function readRows<Row extends PageRow>(
  em: EntityManager,
  entity: EntityName<Row>,
  source: PageSource,
  group: readonly PageRequest<unknown>[],
): Promise<Map<string, Row[]>> {
  const { first, after } = group[0]!;
  const position = after === null ? undefined : parseCursor(after);
  const found = await em.execute<({ parent_id: string } & Record<string, unknown>)[]>(
    `SELECT parent.id AS parent_id, page.*
     FROM jsonb_array_elements_text(?::jsonb) AS parent (id)
     CROSS JOIN LATERAL (
       SELECT item.* ${source.sql} ${position === undefined ? '' : 'AND (item.created_at, item.id) > (?, ?)'}
       ORDER BY item.created_at, item.id LIMIT ?
     ) page
     ORDER BY page.created_at, page.id`,
    [
      JSON.stringify(group.map((request) => request.parentId)),
      ...(source.values ?? []),
      ...(position === undefined ? [] : [position.createdAt, position.id]),
      first + 1,
    ],
  );
  return Map.groupBy(toPlainRows(em, entity, found), (_row, index) => found[index]!.parent_id);
}
