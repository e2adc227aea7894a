import type { CapabilityKind } from '../../contract/access-rule.ts';
import { toDefiningParts } from '../../contract/capability-definition.ts';

/** A part of a definition that is not what was approved: JSON, null where there is no such part. */
export interface DefinitionDifference {
  readonly part: string;
  readonly approved: string | null;
  readonly current: string | null;
}

/** How two definitions differ in what a person approves. Pure. */
export function findDefinitionDifferences(kind: CapabilityKind, approved: string, current: string): DefinitionDifference[] {
  const [before, after] = [approved, current].map((text) => toDefiningParts(kind, JSON.parse(text) as Record<string, unknown>));
  return Object.keys(after!).flatMap((part) => {
    const [was, is] = [toText(before![part]), toText(after![part])];
    return was === is ? [] : [{ part, approved: was, current: is }];
  });
}

function toText(value: unknown): string | null {
  return value === undefined || value === null ? null : JSON.stringify(toSorted(value), undefined, 2);
}

/** Keys in one order, because their order is no difference. */
function toSorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toSorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, toSorted(item)]));
}
