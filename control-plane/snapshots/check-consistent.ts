import { SnapshotDocumentSchema, type SnapshotDocument } from '../../contract/snapshot.ts';
import { err, ok, type Result } from '../../foundation/result.ts';
import type { DocumentEntry } from './encoded-document.ts';

/** Why a snapshot must not be published: a reader would refuse it, or would answer by rules that contradict each other. */
export type Inconsistency =
  /** Not of the form that readers parse. */
  | { readonly reason: 'document_malformed'; readonly document: string; readonly issue: string }
  /** Two routes of a workspace under one slug. */
  | { readonly reason: 'route_slug_repeated'; readonly document: string; readonly slug: string }
  /** A document that another one needs is not in the snapshot. */
  | { readonly reason: 'reference_missing'; readonly document: string; readonly missing: string }
  /** Two workspaces under one slug. */
  | { readonly reason: 'workspace_slug_repeated'; readonly document: string; readonly other: string; readonly slug: string };

/** Every document of a snapshot, by name. */
export type Entries = ReadonlyMap<string, DocumentEntry>;

/** What a revision changes: the entry of each document that is added or replaced, null for one that is gone. */
export type ChangedEntries = ReadonlyMap<string, DocumentEntry | null>;

/** What can be said of a document without the others. */
export function checkDocument(name: string, document: SnapshotDocument): Result<void, Inconsistency> {
  const parsed = SnapshotDocumentSchema.safeParse(document);
  if (!parsed.success) return err({ reason: 'document_malformed', document: name, issue: parsed.error.issues[0]?.path.join('.') ?? '' });
  const slugs = new Set<string>();
  for (const { slug } of document.kind === 'workspace' ? document.routes : []) {
    if (slugs.has(slug)) return err({ reason: 'route_slug_repeated', document: name, slug });
    slugs.add(slug);
  }
  return ok(undefined);
}

/**
 * Whether every reference resolves once `changed` is laid over `published`. Looks at the changed documents only, and at all of
 * them just when one is gone: what stayed the same can only have lost something.
 */
export function checkConsistent(published: Entries, changed: ChangedEntries): Result<void, Inconsistency> {
  const missing = findMissingReference(published, changed);
  if (missing !== undefined) return err(missing);
  const repeated = findRepeatedSlug(published, changed);
  return repeated === undefined ? ok(undefined) : err(repeated);
}

/** The entry a document has once the change is laid over what is published. */
function findEntry(published: Entries, changed: ChangedEntries, name: string): DocumentEntry | undefined {
  const change = changed.get(name);
  return change === undefined ? published.get(name) : (change ?? undefined);
}

function findMissingReference(published: Entries, changed: ChangedEntries): Inconsistency | undefined {
  const isAnyGone = [...changed.values()].includes(null);
  for (const document of new Set([...changed.keys(), ...(isAnyGone ? published.keys() : [])])) {
    const required = findEntry(published, changed, document)?.requires ?? [];
    const missing = required.find((name) => findEntry(published, changed, name) === undefined);
    if (missing !== undefined) return { reason: 'reference_missing', document, missing };
  }
}

function findRepeatedSlug(published: Entries, changed: ChangedEntries): Inconsistency | undefined {
  const claims = new Map<string, string>();
  for (const [document, entry] of changed) {
    const slug = entry?.workspaceSlug;
    if (slug == null || published.get(document)?.workspaceSlug === slug) continue;
    const other = claims.get(slug);
    if (other !== undefined) return { reason: 'workspace_slug_repeated', document, other, slug };
    claims.set(slug, document);
  }
  for (const other of claims.size > 0 ? published.keys() : []) {
    const slug = findEntry(published, changed, other)?.workspaceSlug;
    const document = slug == null ? undefined : claims.get(slug);
    if (document !== undefined && document !== other) return { reason: 'workspace_slug_repeated', document, other, slug: slug! };
  }
}

/** In words that name no document: they are shown to people who may not see what it belongs to. The log has the names. */
export function describeInconsistency({ reason }: Inconsistency): string {
  switch (reason) {
    case 'document_malformed':
      return 'A document is not of the form that data planes read.';
    case 'route_slug_repeated':
      return 'A workspace has two routes under one slug.';
    case 'reference_missing':
      return 'A document refers to another one that does not exist.';
    case 'workspace_slug_repeated':
      return 'Two workspaces have the same slug.';
  }
}
