// Trust boundary: who may use what. Pure, so that the data plane (which enforces) and the control plane (which explains) run the very same
// function over the same documents.
//
// A policy is compiled once for a server document and a route (`compileAccessPolicy`) and asked with `decideAccess`:
// - A call passes its arguments (`{}` where it has none). A list passes none: what depends on arguments is then allowed, because some call
//   of it may be, and the decision says so. What a list shows is therefore never less than what calls allow.
// - Names are the upstream's. Where the workspace knows a capability by another name, `findUpstreamName` comes before the decision, and
//   `findPresentation` says how a list shows what was allowed (undefined: not at all, because its name there means something else).
// - `isOpen` says that everything is allowed as it is to whoever `decideServerAccess` allows: nothing has to be parsed or filtered.
// - Whoever has a definition at hand (a list) also asks `isHeldDefinition`: an upstream may have changed it since it was last looked at.
// Every restriction only removes: organization (rules of the server), workspace (switches, held definitions and rules of the grant), people.
import { ACCESS_BOUNDS, type CapabilityKind, type KnownCapability } from './access-rule.ts';
import { judgeName } from './access-entries.ts';
import {
  capabilityKey,
  type AccessLevel,
  type AccessPolicy,
  type CompiledRule,
  type GrantRefusal,
  type PolicyEntry,
} from './access-policy.ts';
import { CallerScope, type AccessCaller, type CapabilityScope } from './condition-scope.ts';
import type { CallArguments, ConditionOutcome } from './condition.ts';
import type { Route, UserAccess } from './snapshot.ts';

/** An authenticated peer, as far as access to a server depends on it: a workspace's service key, or a person. */
export type AccessSubject = { readonly kind: 'SERVICE' } | { readonly kind: 'USER'; readonly userId: string };

/** The outcome for a whole server, with the rule that decided. */
export interface ServerAccessDecision {
  readonly access: UserAccess;
  /** `grant`: the route exists for this workspace and nothing narrower applies. */
  readonly decidedBy: 'grant' | 'default_user_access' | 'user_override';
}

const BY_GRANT: ServerAccessDecision = { access: 'ALLOW', decidedBy: 'grant' };

/** Whether the subject may use the server at all. A service key stands for the workspace, which the grant admits; people are decided one by one. */
export function decideServerAccess(
  route: Route,
  subject: { readonly kind: 'SERVICE' | 'USER'; readonly userId?: string | undefined },
): ServerAccessDecision {
  if (subject.kind === 'SERVICE') return BY_GRANT;
  const override = subject.userId === undefined ? undefined : route.userOverrides?.[subject.userId];
  if (override !== undefined) return { access: override, decidedBy: 'user_override' };
  return { access: route.defaultUserAccess, decidedBy: 'default_user_access' };
}

/** Why a decision fell. */
export type AccessReason =
  | ServerAccessDecision['decidedBy']
  | GrantRefusal
  /** A `DENY` rule applies. */
  | 'rule_denied'
  /** What a `REQUIRE` rule asks for is not so. */
  | 'requirement_not_met'
  /** A rule applies whose condition cannot be evaluated. */
  | 'condition_broken'
  /** No tool that the caller may use has this UI resource. */
  | 'ui_of_refused_tools'
  | 'name_too_long';

/** The outcome for a capability, with what decided. */
export interface AccessDecision {
  readonly isAllowed: boolean;
  readonly level: AccessLevel;
  /** The rule that refused; null where no rule decided. */
  readonly ruleId: string | null;
  readonly reason: AccessReason;
  /** Whether it may be refused once there are arguments. Only where the decision was asked for without. */
  readonly dependsOnArguments: boolean;
}

/** Whether a caller may use a capability of the server; see the head of this file. Allocates nothing where nothing restricts. */
export function decideAccess(
  policy: AccessPolicy,
  caller: AccessCaller,
  kind: CapabilityKind,
  name: string,
  callArguments?: CallArguments,
): AccessDecision {
  const server = decideServerAccess(policy.route, caller);
  if (server.access === 'DENY') return refuse('PEOPLE', server.decidedBy);
  const allowed = ALLOWED[server.decidedBy];
  if (policy.isOpen) return allowed.always;
  if (name.length > ACCESS_BOUNDS.nameChars) return refuse('ORGANIZATION', 'name_too_long');
  const { entries, uiTools } = judgeName(policy, kind, name);
  const asked = { caller, callArguments, dependsOnArguments: false };
  const refusal = findRefusal(entries, asked) ?? findUiRefusal(policy, caller, uiTools);
  if (refusal !== undefined) return refusal;
  return asked.dependsOnArguments ? allowed.perhaps : allowed.always;
}

/** The name by which the upstream knows a capability; undefined where the name means nothing in this workspace. */
export function findUpstreamName(policy: AccessPolicy, kind: CapabilityKind, exposed: string): string | undefined {
  if (policy.overrides.size === 0) return exposed;
  const key = capabilityKey(kind, exposed);
  const renamed = policy.renamed.get(key);
  if (renamed !== undefined) return renamed;
  return policy.overrides.get(key)?.exposedName === undefined ? exposed : undefined;
}

/** How a list shows a capability: only what differs from the upstream's own words. */
export interface Presentation {
  readonly name?: string | undefined;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
}

const AS_IT_IS: Presentation = {};

/** How a list shows a capability; undefined where it does not, because the name it would have there belongs to another one. */
export function findPresentation(policy: AccessPolicy, kind: CapabilityKind, upstreamName: string): Presentation | undefined {
  const override = policy.overrides.get(capabilityKey(kind, upstreamName));
  const exposed = override?.exposedName ?? upstreamName;
  if (findUpstreamName(policy, kind, exposed) !== upstreamName) return undefined;
  return override === undefined ? AS_IT_IS : { name: override.exposedName, title: override.title, description: override.description };
}

/** Whether a definition that came from the upstream just now is another one than was approved. */
export function isHeldDefinition(
  policy: AccessPolicy,
  kind: CapabilityKind,
  upstreamName: string,
  definitionHash: string | undefined,
): boolean {
  if (policy.route.capabilityPolicy?.pinsDefinitions !== true) return false;
  const approved = policy.overrides.get(capabilityKey(kind, upstreamName))?.approvedHash;
  return approved !== undefined && approved !== definitionHash;
}

interface Asked {
  readonly caller: AccessCaller;
  readonly callArguments: CallArguments;
  dependsOnArguments: boolean;
}

function findRefusal(entries: readonly PolicyEntry[], asked: Asked): AccessDecision | undefined {
  for (const { scope, organizationRules, refusal, workspaceRules } of entries) {
    const refused =
      findRuleRefusal(organizationRules, scope, asked) ??
      (refusal === undefined ? undefined : refuse('WORKSPACE', refusal)) ??
      findRuleRefusal(workspaceRules, scope, asked);
    if (refused !== undefined) return refused;
  }
  return undefined;
}

function findRuleRefusal(rules: readonly CompiledRule[], scope: CapabilityScope, asked: Asked): AccessDecision | undefined {
  for (const rule of rules) {
    if (!rule.concerns(asked.caller)) continue;
    const outcome = evaluate(rule, scope, asked);
    if (outcome === 'broken') return refuse(rule.level, 'condition_broken', rule.id);
    if (outcome === 'undecided') asked.dependsOnArguments = true;
    else if (rule.effect === 'DENY' && outcome === 'holds') return refuse(rule.level, 'rule_denied', rule.id);
    else if (rule.effect === 'REQUIRE' && outcome === 'fails') return refuse(rule.level, 'requirement_not_met', rule.id);
  }
  return undefined;
}

/** A UI resource is shown to whoever may use one of the tools that it belongs to. */
function findUiRefusal(policy: AccessPolicy, caller: AccessCaller, tools: readonly KnownCapability[]): AccessDecision | undefined {
  if (tools.length === 0 || tools.some(({ name }) => decideAccess(policy, caller, 'TOOL', name).isAllowed)) return undefined;
  return { ...decideAccess(policy, caller, 'TOOL', tools[0]?.name ?? ''), reason: 'ui_of_refused_tools' };
}

function evaluate({ condition }: CompiledRule, capability: CapabilityScope, { caller, callArguments }: Asked): ConditionOutcome {
  // Without a condition nothing is asked of a REQUIRE rule, and a DENY rule always applies.
  if (condition === undefined) return 'holds';
  if (condition === 'broken') return 'broken';
  const scope = findScope(caller);
  if (!condition.readsCallerOnly) return condition.evaluate(scope, capability, callArguments);
  const known = scope.outcomes.get(condition);
  if (known !== undefined) return known;
  const outcome = condition.evaluate(scope, capability, callArguments);
  scope.outcomes.set(condition, outcome);
  return outcome;
}

/** By the caller object, so that a list of a thousand tools asks who calls once. */
const scopes = new WeakMap<AccessCaller, CallerScope>();

function findScope(caller: AccessCaller): CallerScope {
  const known = scopes.get(caller);
  if (known !== undefined) return known;
  const scope = new CallerScope(caller);
  scopes.set(caller, scope);
  return scope;
}

function refuse(level: AccessLevel, reason: AccessReason, ruleId: string | null = null): AccessDecision {
  return { isAllowed: false, level, ruleId, reason, dependsOnArguments: false };
}

function allow(reason: ServerAccessDecision['decidedBy'], level: AccessLevel): Readonly<Record<'always' | 'perhaps', AccessDecision>> {
  const always: AccessDecision = { isAllowed: true, level, ruleId: null, reason, dependsOnArguments: false };
  return { always, perhaps: { ...always, dependsOnArguments: true } };
}

const ALLOWED = {
  grant: allow('grant', 'WORKSPACE'),
  default_user_access: allow('default_user_access', 'PEOPLE'),
  user_override: allow('user_override', 'PEOPLE'),
} as const;
