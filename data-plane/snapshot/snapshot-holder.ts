import type { Clock } from '../../foundation/clock.ts';
import type { GatewayReport } from '../../contract/gateway-report.ts';
import type { CompiledDocument } from './compiled-document.ts';
import type { RoutingTable } from './routing-table.ts';
import type { SnapshotRefusal } from './snapshot-refusal.ts';

/** Where the table in force came from. */
export type TableOrigin = NonNullable<GatewayReport['source']>;

/** What became of a revision. */
export type ApplyOutcome =
  | { readonly outcome: 'applied'; readonly table: RoutingTable }
  /** What is in force is as recent or more so. */
  | { readonly outcome: 'stale'; readonly inForce: number }
  | { readonly outcome: 'refused'; readonly refusal: SnapshotRefusal };

/** A revision ready to be applied. */
export interface Candidate {
  readonly revision: number;
  readonly base: RoutingTable;
  /** Against the base, by name; null for a document that is gone. */
  readonly changes: ReadonlyMap<string, CompiledDocument | null>;
  readonly origin: TableOrigin;
}

/** What can be said of the table in force. */
export type SnapshotFacts = Pick<GatewayReport, 'revision' | 'appliedAtMs' | 'source'> & {
  /** When Redis last said that this is the current revision; null if it never did. */
  readonly confirmedAtMs: number | null;
  /** The newest revision that was not applied; null once it, or a later one, was. */
  readonly refused: { readonly revision: number; readonly refusal: SnapshotRefusal; readonly refusedAtMs: number } | null;
};

/** Holds the table in force. A new one is built aside and checked, then one reference is swapped; requests that have the old one keep it. */
export class SnapshotHolder {
  readonly #clock: Clock;
  #table: RoutingTable | undefined;
  #facts: SnapshotFacts = { revision: null, appliedAtMs: null, source: null, refused: null, confirmedAtMs: null };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The table in force, or undefined before the first. */
  current(): RoutingTable | undefined {
    return this.#table;
  }

  facts(): SnapshotFacts {
    return this.#facts;
  }

  /** Revisions only move forward, except that Redis has the last word on a revision that came from the file. */
  apply({ revision, base, changes, origin }: Candidate): ApplyOutcome {
    const inForce = this.#facts.revision;
    const confirmsFile = origin === 'REDIS' && this.#facts.source === 'LAST_GOOD_FILE' && revision === inForce;
    if (inForce !== null && revision <= inForce && !confirmsFile) return { outcome: 'stale', inForce };
    const next = base.next(revision, changes);
    if (!next.ok) return { outcome: 'refused', refusal: next.error };
    this.#table = next.value;
    const { refused } = this.#facts;
    const isSettled = refused !== null && refused.revision <= revision;
    this.#facts = { ...this.#facts, revision, source: origin, appliedAtMs: this.#clock.nowMs(), refused: isSettled ? null : refused };
    if (origin === 'REDIS') this.confirm();
    return { outcome: 'applied', table: next.value };
  }

  /** Redis says that the table in force is current. */
  confirm(): void {
    this.#facts = { ...this.#facts, confirmedAtMs: this.#clock.nowMs() };
  }

  /** Remembers that a revision was not applied, and why. */
  refuse(revision: number, refusal: SnapshotRefusal): void {
    this.#facts = { ...this.#facts, refused: { revision, refusal, refusedAtMs: this.#clock.nowMs() } };
  }
}
