import type { ApiClient } from '../support/api-client.ts';
import { changesOfRound, type Change } from './changes.ts';
import type { CommitWatch } from './commit-watch.ts';
import type { EnforcementProbe } from './enforcement-probe.ts';
import type { SeededGrant } from './seed-hub.ts';

/** How long one change took, in milliseconds. */
export interface Propagation {
  readonly kind: string;
  /** From the mutation being sent until it was committed. */
  readonly commitMs: number;
  /** From the commit until the slowest data plane answered a call accordingly. */
  readonly enforcedMs: number;
  /** From the mutation being sent until then. */
  readonly totalMs: number;
}

/** What changes are made and observed with. */
export interface Instruments {
  readonly api: ApiClient;
  readonly commits: CommitWatch;
  /** One for each data plane. */
  readonly probes: readonly EnforcementProbe[];
  readonly grant: SeededGrant;
}

/** Makes changes one after the other and waits for each to be enforced everywhere. */
export async function measureChanges(instruments: Instruments, count: number): Promise<readonly Propagation[]> {
  const measured: Propagation[] = [];
  while (measured.length < count) {
    for (const change of changesOfRound(instruments.api, instruments.grant)) measured.push(await measure(instruments, change));
  }
  return measured;
}

/** Calls start before the mutation does, except with a key that is not known yet: there they start with the mutation's answer. */
async function measure({ commits, probes, grant }: Instruments, change: Change): Promise<Propagation> {
  const { kind, outcome, commit } = change;
  const sentAtMs = performance.now();
  const committed = commits.next();
  const observe = () => Promise.all(probes.map((probe) => probe.waitFor(grant.path, change.key(), outcome)));
  const observed = change.key() === '' ? commit().then(observe) : Promise.all([observe(), commit()]).then(([atMs]) => atMs);
  const [committedAtMs, observedAtMs] = await Promise.all([committed, observed]);
  const enforcedAtMs = Math.max(...observedAtMs);
  return { kind, commitMs: committedAtMs - sentAtMs, enforcedMs: enforcedAtMs - committedAtMs, totalMs: enforcedAtMs - sentAtMs };
}
