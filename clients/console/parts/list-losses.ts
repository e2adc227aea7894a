import { texts, type LossKind } from '../texts/losses.ts';

/** How many of something there are: as a list whose first page was read, or as a number. */
export type Counted =
  number | { readonly nodes: readonly unknown[]; readonly pageInfo: { readonly hasNextPage: boolean } } | null | undefined;

/** What is lost, in words: “2 keys and 1 rule”. Undefined where nothing is. */
export function listLosses(losses: Partial<Record<LossKind, Counted>>): string | undefined {
  const parts = Object.entries(losses).flatMap(([kind, counted]) => describe(kind as LossKind, counted));
  return parts.length === 0 ? undefined : texts.join(parts);
}

function describe(kind: LossKind, counted: Counted): string[] {
  const [count, hasMore] =
    typeof counted === 'number' ? [counted, false] : [counted?.nodes.length ?? 0, counted?.pageInfo.hasNextPage ?? false];
  if (count === 0) return [];
  return [texts.losses[kind](hasMore ? texts.orMore(count) : String(count), count === 1 && !hasMore)];
}
