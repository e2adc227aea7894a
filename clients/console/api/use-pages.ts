import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import type { AnyVariables, CombinedError } from 'urql';
import { client } from './client.ts';
import { toDocument, type Operation } from './operation.ts';
import { PagedList, type ListPage } from './paged-list.ts';
import { useRefresh } from './refresh.ts';

/** A list of any length, as far as it was read. */
export interface Listing<Item> {
  readonly items: readonly Item[];
  readonly isLoading: boolean;
  readonly isComplete: boolean;
  readonly error: CombinedError | undefined;
  readonly loadMore: () => void;
  /** Says which items are on the screen, and whether the end comes near. Where nobody does, all of them are. */
  readonly show: (ids: readonly string[], isNearEnd: boolean) => void;
}

/** Items that one request asks for: the most that a page may have. */
const PAGE_SIZE = 100;

/** Reads a list page by page: the first at once, each further one when it is wanted, and after a change those that are on the screen. */
export function usePages<
  Data,
  Variables extends AnyVariables & { first: number; after?: string | null | undefined },
  Item extends { readonly id: string },
>(
  operation: Operation<Data, Variables>,
  variables: Omit<Variables, 'first' | 'after'>,
  toPage: (data: Data) => ListPage<Item> | null | undefined,
): Listing<Item> {
  const key = JSON.stringify(variables);
  const list = useMemo(
    () =>
      new PagedList<Item, CombinedError>(async (after) => {
        const page = { ...(JSON.parse(key) as object), first: PAGE_SIZE, after } as unknown as Variables;
        const { data, error } = await client.query(toDocument(operation), page, { requestPolicy: 'network-only' }).toPromise();
        if (error !== undefined) return { ok: false, error };
        return { ok: true, page: (data === undefined ? undefined : toPage(data)) ?? NOTHING };
      }),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the operation and the way to its page are written in the component
    [key],
  );
  const state = useSyncExternalStore(list.subscribe, list.getState);
  useEffect(() => {
    list.start();
    return list.stop;
  }, [list]);
  useRefresh(list.refresh);
  // What another filter showed stays until there is something to show instead.
  const before = useRef<readonly Item[]>([]);
  useEffect(() => {
    if (!state.isNew) before.current = state.items;
  }, [state]);
  const { isLoading, isComplete, error } = state;
  return { items: state.isNew ? before.current : state.items, isLoading, isComplete, error, loadMore: list.loadMore, show: list.show };
}

const NOTHING = { nodes: [], pageInfo: { hasNextPage: false } };
