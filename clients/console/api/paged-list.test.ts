import { expect, test } from 'vitest';
import { PagedList } from './paged-list.ts';

interface Row {
  readonly id: string;
  readonly text: string;
}

const PAGE = 10;

/** A list as the API has it: in order of ids, page after page by cursor. */
function makeList(count: number) {
  const rows = new Map(Array.from({ length: count }, (_, number) => toRow(number)).map((row) => [row.id, row]));
  const asked: (string | null)[] = [];
  const api = { error: undefined as string | undefined };
  const list = new PagedList<Row, string>(async (after) => {
    asked.push(after);
    if (api.error !== undefined) return { ok: false, error: api.error };
    const rest = [...rows.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1)).filter(({ id }) => after === null || id > after);
    const nodes = rest.slice(0, PAGE);
    return { ok: true, page: { nodes, pageInfo: { hasNextPage: rest.length > PAGE, endCursor: nodes.at(-1)?.id ?? null } } };
  });
  list.start();
  const ids = () => list.getState().items.map(({ id }) => id);
  /** Shows rows as a table does: whenever the list is another one, until nothing more is read. */
  const look = async (from: number, to: number) => {
    for (let shown: unknown; shown !== list.getState().items;) {
      const { items } = list.getState();
      shown = items;
      list.show(
        items.slice(from, to).map(({ id }) => id),
        to >= items.length,
      );
      await settle();
    }
  };
  return { rows, asked, api, list, ids, look };
}

function toRow(number: number): Row {
  return { id: String(number).padStart(5, '0'), text: 'as it was' };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

test('a page is read when the end of the one before it comes near, to the last', async () => {
  const { asked, list, look, ids } = makeList(35);
  await look(0, 5);
  expect(asked).toEqual([null]);
  await look(8, 12);
  expect(asked).toEqual([null, '00009']);
  await look(30, 40);
  expect(ids()).toHaveLength(35);
  expect(list.getState()).toMatchObject({ isComplete: true, isLoading: false, isNew: false });
});

test('after a change only what is on the screen is read again, and the rest when it comes there', async () => {
  const { asked, list, look, rows } = makeList(100);
  await look(90, 110);
  await look(43, 47);
  expect(asked.splice(0)).toHaveLength(10);
  for (const id of ['00045', '00002']) rows.set(id, { id, text: 'changed' });
  list.refresh();
  await settle();
  expect(asked.splice(0)).toEqual(['00039']);
  expect(list.getState().items[45]!.text).toBe('changed');
  expect(list.getState().items[2]!.text).toBe('as it was');
  await look(0, 4);
  await look(0, 4);
  expect(asked.splice(0)).toEqual([null]);
  expect(list.getState().items[2]!.text).toBe('changed');
});

test('what was added or removed moves the pages behind it, and no row is twice or missing where one looks', async () => {
  const { list, look, ids, rows } = makeList(100);
  await look(90, 110);
  await look(15, 25);
  for (const id of ['000125', '000126', '000205']) rows.set(id, { id, text: 'added' });
  for (const id of ['00014', '00022', '00023']) rows.delete(id);
  list.refresh();
  await settle();
  expect(new Set(ids()).size).toBe(ids().length);
  for (let from = 0; from < 110; from += 5) await look(from, from + 5);
  expect(ids()).toEqual([...rows.keys()].toSorted());
});

test('a list that became shorter ends there', async () => {
  const { list, look, ids, rows } = makeList(100);
  await look(90, 110);
  await look(25, 35);
  for (const id of [...rows.keys()].slice(32)) rows.delete(id);
  list.refresh();
  await look(25, 35);
  expect(ids()).toHaveLength(32);
  expect(list.getState().isComplete).toBe(true);
});

test('an empty list notices what comes', async () => {
  const { list, look, ids, rows } = makeList(0);
  await look(0, 0);
  expect(list.getState()).toMatchObject({ items: [], isComplete: true });
  rows.set('1', { id: '1', text: 'first' });
  list.refresh();
  await settle();
  expect(ids()).toEqual(['1']);
});

test('a fault is said, keeps what was read, and is not tried again by itself', async () => {
  const { api, asked, list, look, ids } = makeList(100);
  await look(0, 5);
  api.error = 'away';
  list.refresh();
  await settle();
  expect(list.getState()).toMatchObject({ error: 'away', isLoading: false });
  expect(ids()).toHaveLength(10);
  expect(asked).toHaveLength(2);
  api.error = undefined;
  list.refresh();
  await settle();
  expect(list.getState().error).toBeUndefined();
});

test('a change while a page is being read has it read again', async () => {
  const { asked, list, look, rows } = makeList(5);
  rows.set('00001', { id: '00001', text: 'changed' });
  list.refresh();
  await look(0, 5);
  expect(asked).toEqual([null, null]);
  expect(list.getState().items[1]!.text).toBe('changed');
});

test('saying again what is on the screen changes nothing', async () => {
  const { asked, list, look } = makeList(5);
  await look(0, 5);
  let changes = 0;
  list.subscribe(() => changes++);
  list.show(['00000'], true);
  list.show(['00000', '00001'], false);
  await settle();
  expect([changes, asked.length]).toEqual([0, 1]);
});
