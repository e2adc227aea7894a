import type { AccessRule } from '../../contract/access-rule.ts';
import type { AccessRuleRow } from './snapshot-rows.ts';
import { sortBy } from './sort-by.ts';

/** The rules of a server or a grant; undefined where there are none, so that documents of those who use no rules stay as they are. */
export function compileRules(rows: readonly AccessRuleRow[]): AccessRule[] | undefined {
  if (rows.length === 0) return undefined;
  return sortBy(rows, (row) => row.id).map(({ id, effect, capabilities: { kinds = [], patterns = [] }, callers, condition }) => ({
    id,
    effect,
    capabilities: {
      kinds: kinds.length === 0 ? undefined : kinds.toSorted(),
      patterns: patterns.length === 0 ? undefined : patterns.toSorted(),
    },
    callers: callers === undefined || Object.keys(callers).length === 0 ? undefined : callers,
    condition: condition ?? undefined,
  }));
}
