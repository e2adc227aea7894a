import { z } from 'zod';
import type { KeyRing } from '../../contract/key-ring.ts';
import { openSecret, findSealingKeyId, SEAL_PROBE_OWNER } from '../../contract/sealed-secret.ts';
import {
  documentKind,
  KNOWN_DOCUMENT_KINDS,
  ManifestDeltaSchema,
  ManifestSchema,
  SNAPSHOT_FORMAT,
  type ManifestDelta,
} from '../../contract/snapshot.ts';
import { err, ok, type Result } from '../../foundation/result.ts';
import type { RoutingTable } from './routing-table.ts';
import type { SnapshotRefusal } from './snapshot-refusal.ts';
import type { SnapshotSource } from './snapshot-source.ts';

/** How many deltas are followed before the whole manifest is the shorter way. */
const MAX_DELTAS = 20;

const FormatSchema = z.object({ format: z.number() });

/** What a revision changes against a table. */
export interface RevisionChange {
  readonly revision: number;
  readonly sealProbe: string;
  /** Document name → hash of its new body, or null for a document that is gone. */
  readonly changed: ReadonlyMap<string, string | null>;
}

/** What a change is read with. */
export interface ChangeReading {
  readonly source: SnapshotSource;
  readonly keyRing: KeyRing;
  readonly base: RoutingTable;
  /** Whether the base is known to be a revision of this very source; only then do its deltas continue the base. */
  readonly continuesBase: boolean;
}

/** Finds out what a revision changes against the base, by its deltas where they lead back to the base, else by the whole manifest. */
export async function readChange(reading: ChangeReading, revision: number): Promise<Result<RevisionChange, SnapshotRefusal>> {
  const change = (reading.continuesBase ? await readDeltas(reading, revision) : undefined) ?? (await readWhole(reading, revision));
  if (!change.ok || canOpen(reading.keyRing, change.value.sealProbe)) return change;
  return err({ reason: 'seal_not_openable', keyId: findSealingKeyId(change.value.sealProbe) });
}

/** Undefined where the deltas do not lead to the base, for whatever reason: the manifest then says what is wrong. */
async function readDeltas({ source, base }: ChangeReading, revision: number): Promise<Result<RevisionChange, SnapshotRefusal> | undefined> {
  const deltas: ManifestDelta[] = [];
  for (let at = revision; at > base.revision; at = deltas[0]!.from) {
    const delta = deltas.length < MAX_DELTAS ? parseDelta(await source.readDelta(at), at) : undefined;
    if (delta === undefined) return undefined;
    deltas.unshift(delta);
  }
  if (deltas[0]?.from !== base.revision) return undefined;
  const changed = new Map(deltas.flatMap((delta) => Object.entries(delta.changed)));
  return ok({ revision, sealProbe: deltas.at(-1)!.sealProbe, changed: keepKnown(changed, base) });
}

async function readWhole({ source, base }: ChangeReading, revision: number): Promise<Result<RevisionChange, SnapshotRefusal>> {
  const text = await source.readManifest(revision);
  if (text === undefined) return err({ reason: 'manifest_missing' });
  const json = parseJson(text);
  const format = FormatSchema.safeParse(json);
  if (format.success && format.data.format > SNAPSHOT_FORMAT) return err({ reason: 'format_unknown', format: format.data.format });
  const manifest = ManifestSchema.safeParse(json);
  if (!manifest.success || manifest.data.revision !== revision) return err({ reason: 'manifest_malformed' });
  const changed = new Map<string, string | null>(Object.entries(manifest.data.documents));
  for (const name of base.documents.keys()) if (!changed.has(name)) changed.set(name, null);
  return ok({ revision, sealProbe: manifest.data.sealProbe, changed: keepKnown(changed, base) });
}

function parseDelta(text: string | undefined, revision: number): ManifestDelta | undefined {
  const delta = ManifestDeltaSchema.safeParse(text === undefined ? undefined : parseJson(text));
  if (!delta.success || delta.data.format > SNAPSHOT_FORMAT) return undefined;
  return delta.data.revision === revision && delta.data.from < revision ? delta.data : undefined;
}

/** Leaves out kinds of document that this version does not know, and documents that the base has in just this form. */
function keepKnown(changed: ReadonlyMap<string, string | null>, base: RoutingTable): ReadonlyMap<string, string | null> {
  const differs = ([name, hash]: [string, string | null]) => (base.documents.get(name)?.hash ?? null) !== hash;
  return new Map([...changed].filter((entry) => KNOWN_DOCUMENT_KINDS.includes(documentKind(entry[0])) && differs(entry)));
}

function canOpen(keyRing: KeyRing, sealProbe: string): boolean {
  return openSecret(keyRing, SEAL_PROBE_OWNER, sealProbe).ok;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no schema accepts it, which is how malformed text is reported
  }
}
