import { useEffect, useEffectEvent } from 'react';
import { ChangesDocument, type ChangesSubscription } from '../generated/graphql.ts';
import type { Operation } from './operation.ts';
import { readCsrfToken } from './page-facts.ts';
import { refreshAll } from './refresh.ts';

/** What a subscription tells whoever follows it. */
export interface Follower<Data> {
  readonly onData: (data: Data) => void;
  /** The stream is there for the first time: what happened between the reading of the page and now was not told. */
  readonly onStart?: () => void;
  /** The stream is there again after a break: what happened meanwhile was not told. */
  readonly onGap?: () => void;
}

/** How long after a stream ended the next one is tried, and how long at most when it keeps failing. */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 20_000;

/** Follows a subscription until the returned function is called, over any number of connections. */
export function follow<Data, Variables extends Record<string, unknown>>(
  operation: Operation<Data, Variables>,
  variables: Variables,
  follower: Follower<Data>,
): () => void {
  const stopped = new AbortController();
  void keepFollowing(operation.toString(), variables, follower as Follower<unknown>, stopped.signal);
  return () => stopped.abort();
}

async function keepFollowing(
  query: string,
  variables: Record<string, unknown>,
  follower: Follower<unknown>,
  stopped: AbortSignal,
): Promise<void> {
  // Not needed until something is on the screen, so it does not delay that.
  const { createClient } = await import('graphql-sse');
  const client = createClient({ url: '/graphql/stream', headers: { 'x-sluice-csrf': readCsrfToken() }, retryAttempts: 0 });
  let waitMs = FIRST_WAIT_MS;
  let hasEnded = false;
  const listeners = {
    connected: () => {
      waitMs = FIRST_WAIT_MS;
      if (hasEnded) follower.onGap?.();
      else follower.onStart?.();
    },
  };
  while (!stopped.aborted) {
    await new Promise<void>((resolve) => {
      const end = client.subscribe(
        { query, variables },
        { next: ({ data }) => data != null && follower.onData(data), error: () => resolve(), complete: resolve },
        listeners,
      );
      stopped.addEventListener('abort', end, { once: true });
    });
    if (stopped.aborted) break;
    hasEnded = true;
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
  }
  client.dispose();
}

/** Follows a subscription for as long as the component is on the screen. Other variables begin another one. */
export function useLive<Data, Variables extends Record<string, unknown>>(
  operation: Operation<Data, Variables>,
  variables: Variables,
  follower: Follower<Data>,
): void {
  const onData = useEffectEvent((data: Data) => follower.onData(data));
  const onStart = useEffectEvent(() => follower.onStart?.());
  const onGap = useEffectEvent(() => follower.onGap?.());
  const key = JSON.stringify(variables);
  useEffect(
    () =>
      follow(operation, JSON.parse(key) as Variables, {
        onData: (data) => onData(data),
        onStart: () => onStart(),
        onGap: () => onGap(),
      }),
    [operation, key],
  );
}

/** Reads again what is on the screen whenever somebody has changed something, in this browser or elsewhere. */
export function useLiveChanges(organizationId: string): void {
  useLive<ChangesSubscription, { organizationId: string }>(ChangesDocument, { organizationId }, { onData: refreshAll, onGap: refreshAll });
}
