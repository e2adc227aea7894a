import type { AccessRule, CapabilityOverride, CapabilityPolicy, KnownCapability } from '../../contract/access-rule.ts';
import type { AccessRuleRow, CapabilityOverrideRow, CapabilityRow, GrantRow } from './snapshot-rows.ts';
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

/** What a grant says about capabilities; undefined where it changes nothing. Approvals matter only where something is held without them. */
export function compileCapabilityPolicy(grant: GrantRow, rows: readonly CapabilityOverrideRow[]): CapabilityPolicy | undefined {
  const { newCapabilities = 'ALLOW', pinsDefinitions = false } = grant;
  const needsApprovals = newCapabilities === 'HOLD' || pinsDefinitions;
  const overrides = sortBy(rows, ({ kind, name }) => `${kind}:${name}`)
    .map((row) => toOverride(row, needsApprovals))
    .filter(saysSomething);
  return needsApprovals || overrides.length > 0 ? { newCapabilities, pinsDefinitions, overrides } : undefined;
}

function toOverride(row: CapabilityOverrideRow, needsApprovals: boolean): CapabilityOverride {
  return {
    kind: row.kind,
    name: row.name,
    isDisabled: row.isDisabled || undefined,
    approvedHash: needsApprovals ? (row.approvedHash ?? undefined) : undefined,
    exposedName: row.exposedName ?? undefined,
    title: row.title ?? undefined,
    description: row.description ?? undefined,
  };
}

function saysSomething({ kind: _kind, name: _name, ...rest }: CapabilityOverride): boolean {
  return Object.values(rest).some((value) => value !== undefined);
}

/** What a server offers; undefined where nothing is known. */
export function compileCapabilities(rows: readonly CapabilityRow[]): KnownCapability[] | undefined {
  if (rows.length === 0) return undefined;
  return sortBy(rows, ({ kind, name }) => `${kind}:${name}`).map(
    ({ kind, name, title, annotations = {}, definitionHash, uiResourceUri }) => ({
      kind,
      name,
      title: title ?? undefined,
      annotations: Object.keys(annotations).length === 0 ? undefined : annotations,
      definitionHash,
      uiResourceUri: uiResourceUri ?? undefined,
    }),
  );
}
