import type { CapabilityKind, KnownCapability } from './access-rule.ts';
import { capabilityKey, foldCapability, type AccessPolicy, type GrantRefusal, type JudgedName, type PolicyEntry } from './access-policy.ts';
import { CapabilityScope } from './condition-scope.ts';
import { foldName, foldUri } from './name-pattern.ts';
import { expandsTo, mayExpandTo } from './uri-template.ts';

/**
 * Everything that restricts what a name stands for: the capability of that name, those whose name is another spelling of it, and for a
 * URI the templates that may stand behind it. Names that are not known are judged anew each time: strangers make them up, without end.
 */
export function judgeName(policy: AccessPolicy, kind: CapabilityKind, name: string): JudgedName {
  const exact = policy.known.byName.get(capabilityKey(kind, name));
  const before = exact === undefined ? undefined : policy.judged.get(exact);
  if (before !== undefined) return before;
  // A completion may name a URI where a template is meant, so a template that is not known is judged like a URI.
  const isUri = kind === 'RESOURCE' || (kind === 'RESOURCE_TEMPLATE' && exact === undefined);
  const forms = isUri ? foldUri(name) : [foldName(name)];
  const restricting = new Set(exact === undefined ? [] : [exact]);
  if (exact === undefined || isUri) {
    for (const form of forms) for (const spelling of policy.known.byFolded.get(capabilityKey(kind, form)) ?? []) restricting.add(spelling);
  }
  const templates = isUri ? policy.known.templates.filter(({ template }) => mayExpandTo(template, forms)) : [];
  for (const { capability } of templates) restricting.add(capability);
  const entries = [...restricting].map((capability) => findKnownEntry(policy, capability));
  if (exact === undefined) {
    // An expansion of a template is not a capability of its own that somebody would have to approve.
    const isExpansion = templates.some(({ template }) => expandsTo(template, name));
    entries.push(compileEntry(policy, { kind, name }, forms, findRefusal(policy, { kind, name, forms, isExpansion })));
  }
  const judged = { entries, uiTools: isUri ? [...new Set(forms.flatMap((form) => policy.known.uiTools.get(form) ?? []))] : [] };
  if (exact !== undefined) policy.judged.set(exact, judged);
  return judged;
}

/** The entry of a known capability, compiled once. */
function findKnownEntry(policy: AccessPolicy, capability: KnownCapability): PolicyEntry {
  const found = policy.entries.get(capability);
  if (found !== undefined) return found;
  const { kind, name, definitionHash } = capability;
  const forms = foldCapability(kind, name);
  const entry = compileEntry(policy, capability, forms, findRefusal(policy, { kind, name, forms, definitionHash }));
  policy.entries.set(capability, entry);
  return entry;
}

function compileEntry(
  policy: AccessPolicy,
  capability: ConstructorParameters<typeof CapabilityScope>[0],
  forms: readonly string[],
  refusal: GrantRefusal | undefined,
): PolicyEntry {
  return {
    scope: new CapabilityScope(capability),
    refusal,
    organizationRules: policy.organizationRules.filter((rule) => rule.selects(capability.kind, forms)),
    workspaceRules: policy.workspaceRules.filter((rule) => rule.selects(capability.kind, forms)),
  };
}

interface Judged {
  readonly kind: CapabilityKind;
  readonly name: string;
  readonly forms: readonly string[];
  /** Absent: the capability is not known (any longer), so it has no definition that could be the approved one. */
  readonly definitionHash?: string;
  readonly isExpansion?: boolean;
}

/** Whether the grant keeps a capability from everybody. */
function findRefusal(policy: AccessPolicy, { kind, name, forms, definitionHash, isExpansion }: Judged): GrantRefusal | undefined {
  const { capabilityPolicy } = policy.route;
  if (capabilityPolicy === undefined) return undefined;
  if (forms.some((form) => policy.disabled.has(capabilityKey(kind, form)))) return 'capability_disabled';
  if (isExpansion === true) return undefined;
  const approvedHash = policy.overrides.get(capabilityKey(kind, name))?.approvedHash;
  if (approvedHash === undefined) return capabilityPolicy.newCapabilities === 'HOLD' ? 'capability_held' : undefined;
  return capabilityPolicy.pinsDefinitions && approvedHash !== definitionHash ? 'definition_changed' : undefined;
}
