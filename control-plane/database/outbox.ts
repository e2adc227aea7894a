import type { EntityManager } from '@mikro-orm/postgresql';

/**
 * Where a mutation says which snapshot documents it touched, in its own transaction. Call it once, as the last thing before the
 * commit: it holds the revision counter's row until then, which makes the order of revisions the order of commits.
 */
export interface Outbox {
  /** Marks documents (`documentNames` of the contract) and returns the revision that will carry the change. */
  mark(em: EntityManager, documents: readonly string[]): Promise<number>;
}

/** Names the documents that something of a subject (a person, a workspace) is in. A feature far from the subject provides it; see `main.ts`. */
export type FindDocuments = (em: EntityManager, subjectId: string) => Promise<readonly string[]>;
