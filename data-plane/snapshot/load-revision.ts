import { ok, type Result } from '../../foundation/result.ts';
import { loadDocuments, type LoadedDocuments } from './load-documents.ts';
import { readChange, type ChangeReading } from './read-change.ts';
import type { SnapshotRefusal } from './snapshot-refusal.ts';

/** A revision that was read, checked and compiled against its base. */
export interface LoadedRevision extends LoadedDocuments {
  readonly revision: number;
  readonly sealProbe: string;
}

/** Reads what a revision changes against the base, and only the bodies that the base does not have. */
export async function loadRevision(reading: ChangeReading, revision: number): Promise<Result<LoadedRevision, SnapshotRefusal>> {
  const change = await readChange(reading, revision);
  if (!change.ok) return change;
  const documents = await loadDocuments(reading.source, change.value.changed, reading.base);
  return documents.ok ? ok({ ...documents.value, revision, sealProbe: change.value.sealProbe }) : documents;
}
