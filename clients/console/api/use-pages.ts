import { useCallback, useEffect, useRef, useState } from 'react';
import type { AnyVariables, CombinedError } from 'urql';
import { client } from './client.ts';
import { toDocument, type Operation } from './operation.ts';
import { useRefresh } from './refresh.ts';

/** One page of a list, as every list of the API has it. */
export interface ListPage<Item> {
  readonly nodes: readonly Item[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null };
}

/** A list of any length, as far as it was read. */
export interface Listing<Item> {
  readonly items: readonly Item[];
  readonly isLoading: boolean;
  readonly isComplete: boolean;
  readonly error: CombinedError | undefined;
  readonly loadMore: () => void;
}

interface State<Item> {
  readonly key: string;
  readonly items: readonly Item[];
  readonly cursor: string | null;
  readonly isComplete: boolean;
  readonly isLoading: boolean;
  readonly error: CombinedError | undefined;
}

/** Items that one request asks for: the most that a page may have. */
const PAGE_SIZE = 100;

/** Reads a list page by page: the first at once, each further one when it is asked for. */
export function usePages<Data, Variables extends AnyVariables & { first: number; after?: string | null | undefined }, Item>(
  operation: Operation<Data, Variables>,
  variables: Omit<Variables, 'first' | 'after'>,
  toPage: (data: Data) => ListPage<Item> | null | undefined,
): Listing<Item> {
  const key = JSON.stringify(variables);
  const [state, setState] = useState<State<Item>>(() => toEmpty(key));
  const running = useRef(0);
  const load = useCallback(
    async (after: string | null, wanted: number, before: readonly Item[]): Promise<void> => {
      const run = ++running.current;
      let [items, cursor, isComplete] = [before, after, false];
      let error: CombinedError | undefined;
      do {
        const page = { ...(JSON.parse(key) as object), first: PAGE_SIZE, after: cursor } as unknown as Variables;
        const answer = await client.query(toDocument(operation), page, { requestPolicy: 'network-only' }).toPromise();
        if (run !== running.current) return; // another reading has begun since
        const found = answer.data === undefined ? undefined : toPage(answer.data);
        error = answer.error;
        items = [...items, ...(found?.nodes ?? [])];
        cursor = found?.pageInfo.endCursor ?? null;
        isComplete = !(found?.pageInfo.hasNextPage ?? false);
      } while (!isComplete && error === undefined && items.length < wanted);
      setState({ key, items, cursor, isComplete, isLoading: false, error });
    },
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the operation and the way to its page are written in the component
    [key],
  );
  useEffect(() => {
    setState((known) => (known.key === key ? known : { ...toEmpty<Item>(key), items: known.items }));
    void load(null, 0, []);
  }, [key, load]);
  useRefresh(() => void load(null, state.items.length, []));
  const loadMore = () => {
    if (state.isLoading || state.isComplete || state.key !== key) return;
    setState({ ...state, isLoading: true });
    void load(state.cursor, 0, state.items);
  };
  return {
    items: state.items,
    isLoading: state.isLoading || state.key !== key,
    isComplete: state.isComplete,
    error: state.error,
    loadMore,
  };
}

function toEmpty<Item>(key: string): State<Item> {
  return { key, items: [], cursor: null, isComplete: false, isLoading: true, error: undefined };
}
