import type { EntityManager } from '@mikro-orm/postgresql';
import type { ChangeAuthor } from './change-origin.ts';

/** The values of a resource, by the names that its entity has for them. */
export type ResourceValues = Readonly<Record<string, unknown>>;

/** A resource before and after. Absent before: it was made; absent after: it is gone. */
export interface ResourceChange {
  /** The type that the API has for it. */
  readonly kind: string;
  readonly id: string;
  readonly before?: ResourceValues | undefined;
  readonly after?: ResourceValues | undefined;
  /** Whether something was done with it that changed nothing of it; `after` says what. */
  readonly isUse?: boolean;
}

/** What a transaction did, as far as it says so itself. */
export interface TransactionNotes {
  readonly changes: ResourceChange[];
  /** The action where the mutation's name does not say it. */
  action: string | undefined;
  /** Where it belongs, if that does not follow from the changes. */
  place: { readonly organizationId: string | null } | undefined;
  /** Who did it, where the request does not say so. */
  author: ChangeAuthor | undefined;
  revision: number | null;
  /** Workspaces that had what is gone by now, and are to hear that it is. */
  audience: readonly string[];
}

const notes = new WeakMap<object, TransactionNotes>();

function openNotes(em: EntityManager): TransactionNotes {
  const transaction = em.getTransactionContext<object>();
  if (transaction === undefined) throw new Error('a change is noted in the transaction that makes it');
  let own = notes.get(transaction);
  if (own === undefined) {
    own = { changes: [], action: undefined, place: undefined, author: undefined, revision: null, audience: [] };
    notes.set(transaction, own);
  }
  return own;
}

/** Notes a change of what is no entity, or is written past the entities. Changes of entities are noted without a word. */
export function noteChange(em: EntityManager, change: ResourceChange): void {
  openNotes(em).changes.push(change);
}

/** Names what this transaction does, where that is not the mutation that runs it, or where there is none. */
export function noteAction(
  em: EntityManager,
  action: string,
  more: { readonly author?: ChangeAuthor; readonly organizationId?: string | null } = {},
): void {
  const own = openNotes(em);
  own.action = action;
  own.author = more.author ?? own.author;
  if (more.organizationId !== undefined) own.place = { organizationId: more.organizationId };
}

/** Notes the snapshot revision that carries what this transaction does. */
export function noteRevision(em: EntityManager, revision: number): void {
  openNotes(em).revision = revision;
}

/** Notes which workspaces hear of the change besides the one that it belongs to, where nobody can look that up any more. */
export function noteAudience(em: EntityManager, workspaceIds: readonly string[]): void {
  openNotes(em).audience = workspaceIds;
}

/** What this transaction noted so far; later notes begin anew. */
export function takeNotes(em: EntityManager): TransactionNotes | undefined {
  const transaction = em.getTransactionContext<object>();
  if (transaction === undefined) return undefined;
  const own = notes.get(transaction);
  notes.delete(transaction);
  return own;
}
