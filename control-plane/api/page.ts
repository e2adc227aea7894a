import type { EntityManager, EntityName, FilterQuery } from '@mikro-orm/postgresql';
import { ArgsType, Field, Int, ObjectType, type ClassType } from 'type-graphql';
import { AccessError } from './access-error.ts';

/** How many items a page has unless asked otherwise, and at most. */
export const DEFAULT_PAGE_SIZE = 50;
export const MAX_PAGE_SIZE = 100;

@ArgsType()
export class PageArgs {
  @Field(() => Int, { defaultValue: DEFAULT_PAGE_SIZE, description: `How many items, 1 to ${MAX_PAGE_SIZE}.` })
  first!: number;

  @Field(() => String, { nullable: true, description: 'The cursor after which the page starts: `pageInfo.endCursor` of the page before.' })
  after?: string | null;
}

@ArgsType()
export class SearchPageArgs extends PageArgs {
  @Field(() => String, { nullable: true, description: 'Only names that contain this, in any case.' })
  nameContains?: string | null;
}

@ObjectType({ description: 'Where a page stands in its list.' })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether more items follow.' })
  hasNextPage!: boolean;

  @Field(() => String, { nullable: true, description: 'Pass as `after` to get the next page; null on an empty page.' })
  endCursor?: string | null;
}

/** What a list can be ordered by: oldest first, ids decide between equals. */
export interface PageRow {
  readonly id: string;
  readonly createdAt: Date;
}

/** A page of rows or of their API types. */
export interface Page<Item> {
  readonly edges: readonly { readonly cursor: string; readonly node: Item }[];
  readonly nodes: readonly Item[];
  readonly pageInfo: PageInfo;
}

/**
 * Reads one page in the order (createdAt, id).
 * @throws {AccessError} BAD_REQUEST for a page size or a cursor that is not one.
 */
export async function readPage<Row extends PageRow, Item>(
  em: EntityManager,
  entity: EntityName<Row>,
  where: FilterQuery<Row>,
  args: PageArgs,
  toItem: (row: Row) => Item,
): Promise<Page<Item>> {
  const first = checkPageSize(args.first);
  const conditions = [where, ...(args.after == null ? [] : [toAfterCondition(parseCursor(args.after))])];
  const rows = (await em.find(entity, { $and: conditions } as never, {
    orderBy: { createdAt: 'asc', id: 'asc' } as never,
    limit: first + 1,
  })) as Row[];
  return toPage(rows, first, toItem);
}

/** A page of rows of which one more than wanted was read. */
export function toPage<Row extends PageRow, Item>(rows: readonly Row[], first: number, toItem: (row: Row) => Item): Page<Item> {
  return new PageOfRows(rows.slice(0, first), rows.length > first, toItem);
}

/**
 * Makes its edges when somebody asks for them: most read the nodes alone, and a cursor for each costs as much as the item. A class, because
 * an object literal with a getter gets a hidden class of its own each time, which keeps all that the getter sees until a full collection.
 */
class PageOfRows<Row extends PageRow, Item> implements Page<Item> {
  readonly #rows: readonly Row[];
  readonly nodes: readonly Item[];
  readonly pageInfo: PageInfo;

  constructor(rows: readonly Row[], hasNextPage: boolean, toItem: (row: Row) => Item) {
    this.#rows = rows;
    this.nodes = rows.map(toItem);
    const last = rows.at(-1);
    this.pageInfo = { hasNextPage, endCursor: last === undefined ? null : toCursor(last) };
  }

  get edges(): Page<Item>['edges'] {
    return this.nodes.map((node, index) => ({ cursor: toCursor(this.#rows[index]!), node }));
  }
}

/** Checks `first`. */
export function checkPageSize(first: number): number {
  if (first < 1 || first > MAX_PAGE_SIZE) throw new AccessError('BAD_REQUEST', `first must be between 1 and ${MAX_PAGE_SIZE}`);
  return first;
}

/** The position of a row in its list. Opaque to clients. */
export function toCursor(row: PageRow): string {
  return Buffer.from(JSON.stringify([row.createdAt.toISOString(), row.id])).toString('base64url');
}

/** What `toCursor` writes: a time of this millennium, and an id. PostgreSQL refuses a year 0 and a NUL, so nothing else may get there. */
const CURSOR = /^\["(2\d{3}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z)","(\w{1,64})"\]$/;

/** Reads a cursor that this API gave out. */
export function parseCursor(cursor: string): PageRow {
  const [, createdAt, id] = CURSOR.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? [];
  if (createdAt === undefined || id === undefined || Number.isNaN(Date.parse(createdAt)))
    throw new AccessError('BAD_REQUEST', 'after is not a cursor of this list');
  return { createdAt: new Date(createdAt), id };
}

function toAfterCondition({ createdAt, id }: PageRow): object {
  return { $or: [{ createdAt: { $gt: createdAt } }, { createdAt, id: { $gt: id } }] };
}

/** A Relay connection type of a node type. */
export interface ConnectionClass<Node extends object> {
  new (): { edges: readonly { cursor: string; node: Node }[]; nodes: readonly Node[]; pageInfo: PageInfo };
}

/** Makes the Relay types `<Name>Edge` and `<Name>Connection` (GraphQL Cursor Connections Specification), with `nodes` beside `edges`. */
export function makeConnectionType<Node extends object>(
  name: string,
  node: () => ClassType<Node>,
  order = 'oldest first',
): ConnectionClass<Node> {
  @ObjectType(`${name}Edge`, { description: `A ${name} in a list.` })
  class Edge {
    @Field(() => String, { description: 'Its position in the list.' })
    cursor!: string;

    @Field(node, { description: 'The object itself.' })
    node!: Node;
  }

  @ObjectType(`${name}Connection`, { description: `A page of a list of ${name} objects, ${order}.` })
  class Connection {
    @Field(() => [Edge], { description: 'The items with their cursors.' })
    edges!: readonly Edge[];

    @Field(() => [node()], { description: 'The items without cursors.' })
    nodes!: readonly Node[];

    @Field(() => PageInfo, { description: 'Where this page stands in the list.' })
    pageInfo!: PageInfo;
  }
  return Connection;
}
