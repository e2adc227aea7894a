import { useQuery, type AnyVariables, type CombinedError } from 'urql';
import { toDocument, type Operation } from './operation.ts';
import { useRefresh } from './refresh.ts';

/** What a query has answered so far. */
export interface Reading<Data> {
  readonly data: Data | undefined;
  readonly error: CombinedError | undefined;
  /** Nothing can be shown yet. */
  readonly isLoading: boolean;
  readonly refresh: () => void;
}

/** Runs a query for as long as the component is on the screen, and again when something has changed. */
export function useRead<Data, Variables extends AnyVariables>(
  operation: Operation<Data, Variables>,
  variables: Variables,
  options: { readonly isPaused?: boolean } = {},
): Reading<Data> {
  const isPaused = options.isPaused ?? false;
  const [{ data, error, fetching }, execute] = useQuery<Data>({
    query: toDocument<Data, AnyVariables>(operation as Operation<Data, AnyVariables>),
    variables,
    pause: isPaused,
  });
  const refresh = () => {
    if (!isPaused) execute({ requestPolicy: 'network-only' });
  };
  useRefresh(refresh);
  return { data, error, isLoading: data === undefined && error === undefined && (fetching || !isPaused), refresh };
}
