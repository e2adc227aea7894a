import type { AccessRule, CallerSelector, CapabilityKind, CapabilityOverride, CapabilitySelector, KnownCapability } from './access-rule.ts';
import type { AccessCaller, CapabilityScope } from './condition-scope.ts';
import { compileCondition, type Condition } from './condition.ts';
import { compilePattern, foldName, foldUri, matchesPattern } from './name-pattern.ts';
import type { Route, ServerDocument } from './snapshot.ts';
import { compileUriTemplate, type UriTemplate } from './uri-template.ts';

/** The level at which a decision fell: the server's organization, the workspace's grant, or the people in it. */
export type AccessLevel = 'ORGANIZATION' | 'WORKSPACE' | 'PEOPLE';

/** A rule, ready to be asked. */
export interface CompiledRule {
  readonly id: string;
  readonly effect: AccessRule['effect'];
  readonly level: AccessLevel;
  /** Absent: no condition. `broken`: one that this version cannot compile. */
  readonly condition: Condition | 'broken' | undefined;
  selects(kind: CapabilityKind, foldedForms: readonly string[]): boolean;
  concerns(caller: AccessCaller): boolean;
}

/** Why a grant keeps a capability from everybody. */
export type GrantRefusal = 'capability_disabled' | 'capability_held' | 'definition_changed';

/** A capability with everything that restricts it. */
export interface PolicyEntry {
  readonly scope: CapabilityScope;
  readonly refusal: GrantRefusal | undefined;
  readonly organizationRules: readonly CompiledRule[];
  readonly workspaceRules: readonly CompiledRule[];
}

/** A server's document and a route's, compiled for decisions. Immutable but for entries that are compiled when first asked for. */
export interface AccessPolicy {
  readonly server: ServerDocument;
  readonly route: Route;
  /** Whether nothing depends on the capability, so that a caller who may use the server may use everything it offers, as it is. */
  readonly isOpen: boolean;
  readonly organizationRules: readonly CompiledRule[];
  readonly workspaceRules: readonly CompiledRule[];
  readonly known: CapabilityIndex;
  readonly overrides: ReadonlyMap<string, CapabilityOverride>;
  /** Folded keys of what is switched off, because another spelling of it is off too. */
  readonly disabled: ReadonlySet<string>;
  /** `kind:exposed name` → the upstream's name, of what was renamed. */
  readonly renamed: ReadonlyMap<string, string>;
  readonly entries: Map<KnownCapability, PolicyEntry>;
  readonly judged: Map<KnownCapability, JudgedName>;
}

/** What decides about a name. */
export interface JudgedName {
  /** It may be used only if none of them refuses. */
  readonly entries: readonly PolicyEntry[];
  /** The tools whose UI resource it is: if there are any, one of them has to be allowed. */
  readonly uiTools: readonly KnownCapability[];
}

/** The known capabilities of a server, shared by the policies of all its routes. */
export interface CapabilityIndex {
  readonly byName: ReadonlyMap<string, KnownCapability>;
  /** By folded name, or by each folded form of a URI. */
  readonly byFolded: ReadonlyMap<string, readonly KnownCapability[]>;
  readonly templates: readonly { readonly capability: KnownCapability; readonly template: UriTemplate }[];
  /** Folded form of a UI resource's URI → the tools that name it. */
  readonly uiTools: ReadonlyMap<string, readonly KnownCapability[]>;
}

/** What names a capability of a kind in a map. */
export function capabilityKey(kind: CapabilityKind, name: string): string {
  return `${kind}:${name}`;
}

/** The folded forms in which patterns are compared with a name. */
export function foldCapability(kind: CapabilityKind, name: string): readonly string[] {
  return kind === 'RESOURCE' ? foldUri(name) : [foldName(name)];
}

/** Compiles what decides about the capabilities of a server in one workspace. */
export function compileAccessPolicy(server: ServerDocument, route: Route): AccessPolicy {
  const overrides = route.capabilityPolicy?.overrides ?? [];
  const policy = route.capabilityPolicy;
  const isUnrestricted =
    policy === undefined || (policy.newCapabilities === 'ALLOW' && !policy.pinsDefinitions && !overrides.some(changes));
  return {
    server,
    route,
    isOpen: isUnrestricted && (server.rules ?? []).length === 0 && (route.rules ?? []).length === 0,
    organizationRules: (server.rules ?? []).map((rule) => compileRule(rule, 'ORGANIZATION')),
    workspaceRules: (route.rules ?? []).map((rule) => compileRule(rule, 'WORKSPACE')),
    known: findIndex(server),
    overrides: new Map(overrides.map((override) => [capabilityKey(override.kind, override.name), override])),
    disabled: new Set(
      overrides.flatMap(({ kind, name, isDisabled }) =>
        isDisabled === true ? foldCapability(kind, name).map((form) => capabilityKey(kind, form)) : [],
      ),
    ),
    renamed: new Map(
      overrides.flatMap(({ kind, name, exposedName }) => (exposedName === undefined ? [] : [[capabilityKey(kind, exposedName), name]])),
    ),
    entries: new Map(),
    judged: new Map(),
  };
}

/** Whether an override does anything where nothing is held and nothing pinned. */
function changes({ isDisabled, exposedName, title, description }: CapabilityOverride): boolean {
  return isDisabled === true || exposedName !== undefined || title !== undefined || description !== undefined;
}

function compileRule(rule: AccessRule, level: AccessLevel): CompiledRule {
  const compiled = rule.condition === undefined ? undefined : compileCondition(rule.condition);
  return {
    id: rule.id,
    effect: rule.effect,
    level,
    condition: compiled === undefined ? undefined : compiled.ok ? compiled.value : 'broken',
    selects: compileCapabilitySelector(rule.capabilities),
    concerns: compileCallerSelector(rule.callers ?? {}),
  };
}

function compileCapabilitySelector({ kinds = [], patterns = [] }: CapabilitySelector): CompiledRule['selects'] {
  const compiled = patterns.map(compilePattern);
  return (kind, foldedForms) =>
    (kinds.length === 0 || kinds.includes(kind)) &&
    (compiled.length === 0 || compiled.some((pattern) => foldedForms.some((form) => matchesPattern(pattern, form))));
}

function compileCallerSelector(selector: CallerSelector): CompiledRule['concerns'] {
  const [users, keys, groups] = [new Set(selector.userIds), new Set(selector.keyIds), new Set(selector.groups)];
  const [organizationRoles, workspaceRoles] = [new Set(selector.organizationRoles), new Set(selector.workspaceRoles)];
  const services = selector.services === true;
  const isEverybody = !services && [users, keys, groups, organizationRoles, workspaceRoles].every(({ size }) => size === 0);
  return (caller) =>
    isEverybody ||
    (services && caller.kind === 'SERVICE') ||
    (caller.userId !== undefined && users.has(caller.userId)) ||
    (caller.keyId !== undefined && keys.has(caller.keyId)) ||
    (caller.organizationRole !== undefined && organizationRoles.has(caller.organizationRole)) ||
    (caller.workspaceRole !== undefined && workspaceRoles.has(caller.workspaceRole)) ||
    (caller.groups?.some((group) => groups.has(group)) ?? false);
}

/** By the list object, so that the thousand routes of a server share one index and a snapshot that goes takes its own along. */
const indexes = new WeakMap<object, CapabilityIndex>();
const NONE: readonly KnownCapability[] = [];

function findIndex(server: ServerDocument): CapabilityIndex {
  const capabilities = server.capabilities ?? NONE;
  const index = indexes.get(capabilities) ?? compileIndex(capabilities);
  indexes.set(capabilities, index);
  return index;
}

function compileIndex(capabilities: readonly KnownCapability[]): CapabilityIndex {
  const [byFolded, uiTools] = [new Map<string, KnownCapability[]>(), new Map<string, KnownCapability[]>()];
  for (const capability of capabilities) {
    for (const form of foldCapability(capability.kind, capability.name)) append(byFolded, capabilityKey(capability.kind, form), capability);
    if (capability.uiResourceUri !== undefined) for (const form of foldUri(capability.uiResourceUri)) append(uiTools, form, capability);
  }
  return {
    byName: new Map(capabilities.map((capability) => [capabilityKey(capability.kind, capability.name), capability])),
    byFolded,
    templates: capabilities
      .filter(({ kind }) => kind === 'RESOURCE_TEMPLATE')
      .map((capability) => ({ capability, template: compileUriTemplate(capability.name) })),
    uiTools,
  };
}

function append(index: Map<string, KnownCapability[]>, key: string, capability: KnownCapability): void {
  const list = index.get(key);
  if (list === undefined) index.set(key, [capability]);
  else list.push(capability);
}
