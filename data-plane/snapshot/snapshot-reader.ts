import type { KeyRing } from '../../contract/key-ring.ts';
import type { Clock } from '../../foundation/clock.ts';
import type { Logger } from '../../foundation/logger.ts';
import { loadRevision, type LoadedRevision } from './load-revision.ts';
import { RoutingTable } from './routing-table.ts';
import type { ApplyOutcome, SnapshotHolder } from './snapshot-holder.ts';
import { describeRefusal, type SnapshotRefusal } from './snapshot-refusal.ts';
import type { SnapshotSource } from './snapshot-source.ts';

/** A refused revision is tried again after this long, in milliseconds, and each time twice as long: its cause may be mended. */
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

/** A table that came into force, with what is needed to keep it. */
export interface AppliedSnapshot {
  readonly table: RoutingTable;
  readonly sealProbe: string;
  /** Hash → body of the documents that were read for it. */
  readonly bodies: ReadonlyMap<string, string>;
}

/** What a reader works with. */
export interface SnapshotReaderParts {
  readonly source: SnapshotSource;
  readonly holder: SnapshotHolder;
  readonly keyRing: KeyRing;
  readonly clock: Clock;
  readonly logger: Logger;
  onApplied(snapshot: AppliedSnapshot): void;
  onRefused(): void;
}

/** What Redis last had to say: the pointer, no pointer, one that stands before the revision in force, or nothing at all. */
type SourceState = 'usable' | 'empty' | 'behind' | 'unreachable';

/** Brings the holder to the revision that Redis names. Whatever is wrong there, the table in force stays. */
export class SnapshotReader {
  readonly #parts: SnapshotReaderParts;
  /** What a first revision is compared with, so that it costs only what changed; not in force. */
  #staged = RoutingTable.empty;
  #state: SourceState = 'usable';
  /** Whether the table in force was read from this Redis, and Redis has not lost its history since. */
  #continuesBase = false;
  #retry = { revision: -1, atMs: 0, delayMs: FIRST_RETRY_MS };
  #running: Promise<void> | undefined;
  #isAskedAgain = false;
  #isStopped = false;

  constructor(parts: SnapshotReaderParts) {
    this.#parts = parts;
  }

  /** Documents of this table need not be read again. */
  stage(table: RoutingTable): void {
    this.#staged = table;
  }

  /** Catches up with Redis. One attempt runs at a time; whoever asks meanwhile waits for a further one. Never rejects. */
  refresh(): Promise<void> {
    if (this.#isStopped) return Promise.resolve();
    this.#isAskedAgain = true;
    this.#running ??= this.#run().finally(() => (this.#running = undefined));
    return this.#running;
  }

  /** From now on Redis is not asked any more; an attempt under way fails unnoticed. */
  stop(): void {
    this.#isStopped = true;
  }

  async #run(): Promise<void> {
    while (this.#isAskedAgain && !this.#isStopped) {
      this.#isAskedAgain = false;
      try {
        await this.#attempt();
      } catch (cause) {
        if (!this.#isStopped) this.#enter('unreachable', { err: cause });
      }
    }
  }

  async #attempt(): Promise<void> {
    const revision = await this.#parts.source.readRevision();
    if (!this.#isUsable(revision)) return;
    const { revision: inForce, source } = this.#parts.holder.facts();
    if (revision === inForce && source === 'REDIS') return this.#parts.holder.confirm();
    if (revision === this.#retry.revision && this.#parts.clock.nowMs() < this.#retry.atMs) return;
    const refusal = await this.#load(revision);
    if (refusal === undefined) return;
    // Overtaken while it was read, a revision may lack parts by right.
    if ((await this.#parts.source.readRevision()) === revision) this.#refuse(revision, refusal);
    else this.#isAskedAgain = true;
  }

  async #load(revision: number): Promise<SnapshotRefusal | undefined> {
    const { source, holder, keyRing } = this.#parts;
    const startedAtMs = performance.now();
    const base = holder.current() ?? this.#staged;
    const loaded = await loadRevision({ source, keyRing, base, continuesBase: this.#continuesBase }, revision);
    if (!loaded.ok) return loaded.error;
    const outcome = holder.apply({ revision, base, changes: loaded.value.changes, origin: 'REDIS' });
    if (outcome.outcome === 'applied') this.#onApplied(outcome, loaded.value, performance.now() - startedAtMs);
    return outcome.outcome === 'refused' ? outcome.refusal : undefined;
  }

  #onApplied({ table }: Extract<ApplyOutcome, { outcome: 'applied' }>, loaded: LoadedRevision, tookMs: number): void {
    this.#continuesBase = true;
    this.#staged = RoutingTable.empty;
    this.#retry = { revision: -1, atMs: 0, delayMs: FIRST_RETRY_MS };
    this.#parts.logger.info({
      event: 'snapshot_applied',
      revision: table.revision,
      documents: table.documents.size,
      changedDocuments: loaded.changes.size,
      changedBytes: [...loaded.bodies.values()].reduce((sum, body) => sum + Buffer.byteLength(body), 0),
      tookMs: Math.round(tookMs),
    });
    this.#parts.onApplied({ table, sealProbe: loaded.sealProbe, bodies: loaded.bodies });
  }

  #refuse(revision: number, refusal: SnapshotRefusal): void {
    const delayMs = revision === this.#retry.revision ? Math.min(this.#retry.delayMs * 2, LONGEST_RETRY_MS) : FIRST_RETRY_MS;
    this.#retry = { revision, delayMs, atMs: this.#parts.clock.nowMs() + delayMs };
    this.#parts.holder.refuse(revision, refusal);
    const inForce = this.#parts.holder.current()?.revision;
    const consequence = inForce === undefined ? 'No revision is in force.' : `Revision ${inForce} stays in force.`;
    this.#parts.logger.error(
      { event: 'snapshot_refused', revision, refusal },
      `Revision ${revision} is refused: ${describeRefusal(refusal)}. ${consequence}`,
    );
    this.#parts.onRefused();
  }

  /** An absent pointer is a Redis that lost its data, never "no configuration"; a pointer that went back is one that lost some. */
  #isUsable(revision: number | undefined): revision is number {
    const inForce = this.#parts.holder.current()?.revision ?? this.#staged.revision;
    if (revision === undefined) this.#enter('empty', {});
    else if (revision < inForce) this.#enter('behind', { revision, inForce });
    else this.#enter('usable', { revision });
    if (this.#state !== 'usable') this.#continuesBase = false;
    return revision !== undefined && this.#state === 'usable';
  }

  /** Logs the change, not each time it is found so. */
  #enter(state: SourceState, facts: object): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#parts.logger[state === 'usable' ? 'info' : 'warn']({ event: `snapshot_source_${state}`, ...facts }, STATE_TEXTS[state]);
  }
}

const STATE_TEXTS: Readonly<Record<SourceState, string>> = {
  usable: 'Redis names a usable revision again.',
  empty: 'Redis has no snapshot. What is in force stays until the control plane publishes.',
  behind: 'Redis names an older revision than the one in force, which stays until Redis names a later one.',
  unreachable: 'Redis cannot be reached. What is in force stays.',
};
