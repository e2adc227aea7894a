import { z } from 'zod';

/** What rules and what they speak of may amount to. Whoever writes a document keeps to it; a reader may rely on it. */
export const ACCESS_BOUNDS = {
  /** Rules of one server, and rules of one grant. */
  rulesPerLevel: 100,
  /** Characters of a condition. */
  conditionChars: 2_000,
  /** Entries in each list of a selector. */
  selectorEntries: 200,
  /** Capabilities of a server that decisions know. */
  capabilitiesPerServer: 5_000,
  /** Characters of a capability's name, URI or URI template. A longer one is refused wherever anything is restricted. */
  nameChars: 4_096,
} as const;

/** What an MCP server offers: tools, prompts, resources, and templates of resource URIs (RFC 6570). */
export const CapabilityKindSchema = z.enum(['TOOL', 'PROMPT', 'RESOURCE', 'RESOURCE_TEMPLATE']);

/** Which capabilities a rule is about. An absent or empty list means every one. */
export const CapabilitySelectorSchema = z.object({
  kinds: z.array(CapabilityKindSchema).optional(),
  /** Names of tools and prompts, URIs, URI templates; `*` stands for any characters. Case and Unicode spelling make no difference. */
  patterns: z.array(z.string()).optional(),
});

/** Which callers a rule is about: those that any of the lists names. Where all are absent or empty, everybody. */
export const CallerSelectorSchema = z.object({
  userIds: z.array(z.string()).optional(),
  organizationRoles: z.array(z.string()).optional(),
  workspaceRoles: z.array(z.string()).optional(),
  groups: z.array(z.string()).optional(),
  keyIds: z.array(z.string()).optional(),
  /** Whether it is about service keys. */
  services: z.boolean().optional(),
});

/** `DENY` refuses where the condition holds (and where there is none), `REQUIRE` refuses where it does not hold. */
export const RuleEffectSchema = z.enum(['DENY', 'REQUIRE']);

/** A restriction. No rule can grant anything: adding one never allows what was refused without it. */
export const AccessRuleSchema = z.object({
  id: z.string(),
  effect: RuleEffectSchema,
  capabilities: CapabilitySelectorSchema,
  callers: CallerSelectorSchema.optional(),
  /** CEL; see `condition.ts`. One that cannot be evaluated refuses, whatever the effect. */
  condition: z.string().optional(),
});

/** What a tool says about itself (MCP `ToolAnnotations`). A hint of the upstream, not a promise of the gateway. */
export const ToolHintsSchema = z.object({
  readOnlyHint: z.boolean().optional(),
  destructiveHint: z.boolean().optional(),
  idempotentHint: z.boolean().optional(),
  openWorldHint: z.boolean().optional(),
});

/** A capability of an upstream, as far as decisions depend on it. */
export const KnownCapabilitySchema = z.object({
  kind: CapabilityKindSchema,
  /** The name of a tool or prompt, the URI of a resource, or the URI template. */
  name: z.string(),
  title: z.string().optional(),
  annotations: ToolHintsSchema.optional(),
  /** See `capability-definition.ts`. */
  definitionHash: z.string(),
  /** The UI resource of a tool (`_meta.ui.resourceUri`): hidden when every tool that names it is. */
  uiResourceUri: z.string().optional(),
});

/** What a grant says about one capability. */
export const CapabilityOverrideSchema = z.object({
  kind: CapabilityKindSchema,
  /** The upstream's name for it. */
  name: z.string(),
  /** Switched off for the workspace. Absent: no. */
  isDisabled: z.boolean().optional(),
  /** The definition that was approved. Absent: none was. */
  approvedHash: z.string().optional(),
  /** The name under which the workspace knows a tool or prompt; its own name then means nothing there. */
  exposedName: z.string().optional(),
  title: z.string().optional(),
  description: z.string().optional(),
});

/** What a grant says about the capabilities of its server. */
export const CapabilityPolicySchema = z.object({
  /** Whether a capability that nobody approved may be used, or is held until somebody does. */
  newCapabilities: z.enum(['ALLOW', 'HOLD']),
  /** Whether a capability whose definition differs from the approved one is held. */
  pinsDefinitions: z.boolean(),
  overrides: z.array(CapabilityOverrideSchema),
});

export type CapabilityKind = z.infer<typeof CapabilityKindSchema>;
export type CapabilitySelector = Readonly<z.infer<typeof CapabilitySelectorSchema>>;
export type CallerSelector = Readonly<z.infer<typeof CallerSelectorSchema>>;
export type RuleEffect = z.infer<typeof RuleEffectSchema>;
export type AccessRule = Readonly<z.infer<typeof AccessRuleSchema>>;
export type ToolHints = Readonly<z.infer<typeof ToolHintsSchema>>;
export type KnownCapability = Readonly<z.infer<typeof KnownCapabilitySchema>>;
export type CapabilityOverride = Readonly<z.infer<typeof CapabilityOverrideSchema>>;
export type CapabilityPolicy = Readonly<z.infer<typeof CapabilityPolicySchema>>;
