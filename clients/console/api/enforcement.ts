import { useSyncExternalStore } from 'react';
import { SnapshotStatusDocument } from '../generated/graphql.ts';
import { client } from './client.ts';
import { toDocument } from './operation.ts';

/** How far a change has come: stored but not everywhere, everywhere, or not everywhere after a long time. */
export type EnforcementState = 'changing' | 'enforced' | 'late';

interface Watched {
  readonly revision: number;
  readonly subject: string | undefined;
  readonly state: EnforcementState;
}

/** How long one request waits for the revision. */
const WAIT_MS = 10_000;
/** After so many waits the person is told, and no further request is sent. */
const MAX_WAITS = 6;
/** How long the good news stays on the screen. */
const SHOWN_MS = 4_000;

let watched: readonly Watched[] = [];
const listeners = new Set<() => void>();

/** Follows a change until every gateway enforces it. */
export function watchRevision(revision: number, subject?: string): void {
  const item: Watched = { revision, subject, state: 'changing' };
  replace(undefined, item);
  void follow(item);
}

async function follow(item: Watched): Promise<void> {
  for (let waits = 0; waits < MAX_WAITS; waits++) {
    const variables = { revision: item.revision, timeoutMs: WAIT_MS };
    const { data } = await client.query(toDocument(SnapshotStatusDocument), variables, { requestPolicy: 'network-only' }).toPromise();
    if (data?.snapshotStatus?.isEnforced !== true) continue;
    const done = replace(item, { ...item, state: 'enforced' });
    setTimeout(() => replace(done, undefined), SHOWN_MS);
    return;
  }
  replace(item, { ...item, state: 'late' });
}

function replace(from: Watched | undefined, to: Watched | undefined): Watched | undefined {
  watched = [...watched.filter((item) => item !== from), ...(to === undefined ? [] : [to])];
  for (const notify of listeners) notify();
  return to;
}

/** The state of the changes to one object, or of all of them; undefined where nothing was changed lately. */
export function useEnforcement(subject?: string): EnforcementState | undefined {
  return useSyncExternalStore(subscribe, () => findState(subject));
}

function findState(subject: string | undefined): EnforcementState | undefined {
  const states = watched.filter((item) => subject === undefined || item.subject === subject).map(({ state }) => state);
  return (['late', 'changing', 'enforced'] as const).find((state) => states.includes(state));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
