import type { Condition, ConditionOutcome } from './condition.ts';
import type { CapabilityKind, ToolHints } from './access-rule.ts';

// What a condition can read. Every field always has a value, so that a condition about something a caller does not have is false instead
// of broken.

/** Who calls, as far as rules can tell people and keys apart. */
export interface AccessCaller {
  readonly kind: 'SERVICE' | 'USER';
  readonly userId?: string | undefined;
  readonly email?: string | undefined;
  readonly keyId?: string | undefined;
  readonly organizationRole?: string | undefined;
  readonly workspaceRole?: string | undefined;
  readonly groups?: readonly string[] | undefined;
  /** Of the token of an identity provider that the organization trusts. */
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
}

/** `caller` in a condition. */
export class CallerScope {
  readonly kind: string;
  readonly userId: string;
  readonly email: string;
  readonly keyId: string;
  readonly organizationRole: string;
  readonly workspaceRole: string;
  readonly roles: readonly string[];
  readonly groups: readonly string[];
  readonly claims: Readonly<Record<string, unknown>>;
  /** What conditions said that read nothing but the caller. */
  readonly outcomes = new WeakMap<Condition, ConditionOutcome>();

  constructor(caller: AccessCaller) {
    this.kind = caller.kind;
    this.userId = caller.userId ?? '';
    this.email = caller.email ?? '';
    this.keyId = caller.keyId ?? '';
    this.organizationRole = caller.organizationRole ?? '';
    this.workspaceRole = caller.workspaceRole ?? '';
    this.roles = [this.organizationRole, this.workspaceRole].filter((role) => role !== '');
    this.groups = caller.groups ?? [];
    this.claims = caller.claims ?? {};
  }
}

/** `capability.annotations` in a condition. What a tool does not say is what MCP assumes of it: the worst. */
export class HintsScope {
  readonly readOnlyHint: boolean;
  readonly destructiveHint: boolean;
  readonly idempotentHint: boolean;
  readonly openWorldHint: boolean;

  constructor(hints: ToolHints = {}) {
    this.readOnlyHint = hints.readOnlyHint ?? false;
    // MCP: meaningful only where the tool is not read-only.
    this.destructiveHint = !this.readOnlyHint && (hints.destructiveHint ?? true);
    this.idempotentHint = hints.idempotentHint ?? false;
    this.openWorldHint = hints.openWorldHint ?? true;
  }
}

/** `capability` in a condition. */
export class CapabilityScope {
  readonly kind: CapabilityKind;
  readonly name: string;
  readonly uri: string;
  readonly title: string;
  readonly annotations: HintsScope;

  constructor(capability: { kind: CapabilityKind; name: string; title?: string | undefined; annotations?: ToolHints | undefined }) {
    this.kind = capability.kind;
    this.name = capability.name;
    this.uri = capability.kind === 'TOOL' || capability.kind === 'PROMPT' ? '' : capability.name;
    this.title = capability.title ?? '';
    this.annotations = new HintsScope(capability.annotations);
  }
}

/** The CEL types of the fields above. */
export const CALLER_FIELDS = {
  kind: 'string',
  userId: 'string',
  email: 'string',
  keyId: 'string',
  organizationRole: 'string',
  workspaceRole: 'string',
  roles: 'list<string>',
  groups: 'list<string>',
  claims: 'map<string, dyn>',
} as const satisfies Record<Exclude<keyof CallerScope, 'outcomes'>, string>;

/** The CEL types of the hints. */
export const HINT_FIELDS = {
  readOnlyHint: 'bool',
  destructiveHint: 'bool',
  idempotentHint: 'bool',
  openWorldHint: 'bool',
} as const satisfies Record<keyof HintsScope, string>;

/** The CEL types of a capability's fields. */
export const CAPABILITY_FIELDS = {
  kind: 'string',
  name: 'string',
  uri: 'string',
  title: 'string',
  annotations: 'ToolHints',
} as const satisfies Record<keyof CapabilityScope, string>;
