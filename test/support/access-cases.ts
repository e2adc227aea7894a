import type { AccessRule, CapabilityKind, CapabilityOverride, CapabilityPolicy, KnownCapability } from '../../contract/access-rule.ts';
import type { AccessCaller } from '../../contract/condition-scope.ts';
import type { Route } from '../../contract/snapshot.ts';

/** What the server of every case offers. */
export const CASE_CAPABILITIES: readonly KnownCapability[] = [
  { kind: 'PROMPT', name: 'review', definitionHash: 'hash-review' },
  { kind: 'RESOURCE', name: 'file:///readme', definitionHash: 'hash-readme' },
  { kind: 'RESOURCE', name: 'file:///secret/key', definitionHash: 'hash-key' },
  { kind: 'RESOURCE', name: 'ui://deploy/panel', definitionHash: 'hash-panel' },
  { kind: 'RESOURCE_TEMPLATE', name: 'db://{table}/{id}', definitionHash: 'hash-rows' },
  { kind: 'TOOL', name: 'delete_repo', definitionHash: 'hash-delete', annotations: { destructiveHint: true } },
  { kind: 'TOOL', name: 'deploy', definitionHash: 'hash-deploy', uiResourceUri: 'ui://deploy/panel' },
  { kind: 'TOOL', name: 'search', definitionHash: 'hash-search', annotations: { readOnlyHint: true } },
];

/** Who calls in the cases. The key ids and user ids are placeholders that a run through real planes maps to its own. */
export const CASE_CALLERS = {
  member: { kind: 'USER', userId: 'usr_member', keyId: 'key_member', organizationRole: 'MEMBER', workspaceRole: 'MEMBER' },
  lead: {
    kind: 'USER',
    userId: 'usr_lead',
    keyId: 'key_lead',
    organizationRole: 'ADMIN',
    workspaceRole: 'MANAGER',
    groups: ['platform'],
    email: 'lead@example.com',
  },
  service: { kind: 'SERVICE', keyId: 'key_service' },
} as const satisfies Record<string, AccessCaller>;

export type CaseCaller = keyof typeof CASE_CALLERS;

/** Who may use a capability: in lists, and in a call with the arguments given. */
export interface CaseRow {
  readonly kind: CapabilityKind;
  readonly name: string;
  /** Of the call. Absent: none. */
  readonly arguments?: Readonly<Record<string, unknown>>;
  /** Absent: as `called`. */
  readonly listed?: readonly CaseCaller[];
  readonly called: readonly CaseCaller[];
}

/** Rules and switches with what follows from them, for lists and calls alike, in every era. */
export interface AccessCase {
  readonly title: string;
  readonly organizationRules?: readonly AccessRule[];
  readonly workspaceRules?: readonly AccessRule[];
  readonly capabilityPolicy?: CapabilityPolicy;
  readonly people?: Pick<Route, 'defaultUserAccess' | 'userOverrides'>;
  readonly rows: readonly CaseRow[];
}

const ALL: readonly CaseCaller[] = ['member', 'lead', 'service'];
const NOBODY: readonly CaseCaller[] = [];

function policy(overrides: CapabilityOverride[], patch: Partial<CapabilityPolicy> = {}): CapabilityPolicy {
  return { newCapabilities: 'ALLOW', pinsDefinitions: false, overrides, ...patch };
}

export const ACCESS_CASES: readonly AccessCase[] = [
  {
    title: 'no rule at all',
    rows: [
      { kind: 'TOOL', name: 'deploy', called: ALL },
      { kind: 'TOOL', name: 'appeared_just_now', called: ALL },
      { kind: 'RESOURCE', name: 'db://users/1', called: ALL },
    ],
  },
  {
    title: 'people denied by default, with one let in',
    people: { defaultUserAccess: 'DENY', userOverrides: { usr_lead: 'ALLOW' } },
    rows: [{ kind: 'TOOL', name: 'search', called: ['lead', 'service'] }],
  },
  {
    title: 'a tool denied to everybody',
    organizationRules: [{ id: 'rule_1', effect: 'DENY', capabilities: { kinds: ['TOOL'], patterns: ['delete_*'] } }],
    rows: [
      { kind: 'TOOL', name: 'delete_repo', called: NOBODY },
      { kind: 'TOOL', name: 'Delete_Repo', called: NOBODY },
      { kind: 'TOOL', name: 'delete_everything', called: NOBODY },
      { kind: 'TOOL', name: 'search', called: ALL },
      { kind: 'PROMPT', name: 'delete_repo', called: ALL },
    ],
  },
  {
    title: 'read-only for members',
    workspaceRules: [
      {
        id: 'rule_1',
        effect: 'REQUIRE',
        capabilities: { kinds: ['TOOL'] },
        callers: { workspaceRoles: ['MEMBER'] },
        condition: 'capability.annotations.readOnlyHint',
      },
    ],
    rows: [
      { kind: 'TOOL', name: 'search', called: ALL },
      { kind: 'TOOL', name: 'deploy', called: ['lead', 'service'] },
      { kind: 'TOOL', name: 'appeared_just_now', called: ['lead', 'service'] },
      { kind: 'PROMPT', name: 'review', called: ALL },
      { kind: 'RESOURCE', name: 'ui://deploy/panel', called: ['lead', 'service'] },
    ],
  },
  {
    title: 'one team only',
    organizationRules: [
      { id: 'rule_1', effect: 'REQUIRE', capabilities: { patterns: ['deploy'] }, condition: '"platform" in caller.groups' },
    ],
    rows: [
      { kind: 'TOOL', name: 'deploy', called: ['lead'] },
      { kind: 'TOOL', name: 'search', called: ALL },
    ],
  },
  {
    title: 'arguments per environment',
    workspaceRules: [
      {
        id: 'rule_1',
        effect: 'REQUIRE',
        capabilities: { patterns: ['deploy'] },
        condition: '"platform" in caller.groups || arguments.environment == "staging"',
      },
    ],
    rows: [
      { kind: 'TOOL', name: 'deploy', arguments: { environment: 'staging' }, listed: ALL, called: ALL },
      { kind: 'TOOL', name: 'deploy', arguments: { environment: 'production' }, listed: ALL, called: ['lead'] },
      { kind: 'TOOL', name: 'deploy', listed: ALL, called: ['lead'] },
    ],
  },
  {
    title: 'rules for one key and for services',
    workspaceRules: [
      { id: 'rule_1', effect: 'DENY', capabilities: { patterns: ['deploy'] }, callers: { services: true } },
      { id: 'rule_2', effect: 'DENY', capabilities: { patterns: ['search'] }, callers: { keyIds: ['key_member'] } },
      {
        id: 'rule_3',
        effect: 'DENY',
        capabilities: { patterns: ['review'] },
        callers: { organizationRoles: ['ADMIN'], userIds: ['usr_member'] },
      },
    ],
    rows: [
      { kind: 'TOOL', name: 'deploy', called: ['member', 'lead'] },
      { kind: 'TOOL', name: 'search', called: ['lead', 'service'] },
      { kind: 'PROMPT', name: 'review', called: ['service'] },
    ],
  },
  {
    title: 'a condition that cannot be evaluated',
    workspaceRules: [
      { id: 'rule_1', effect: 'DENY', capabilities: { patterns: ['deploy'] }, condition: 'caller.claims.department == "sales"' },
      { id: 'rule_2', effect: 'DENY', capabilities: { patterns: ['search'] }, condition: 'this is not CEL' },
    ],
    rows: [
      { kind: 'TOOL', name: 'deploy', called: NOBODY },
      { kind: 'TOOL', name: 'search', called: NOBODY },
      { kind: 'TOOL', name: 'delete_repo', called: ALL },
    ],
  },
  {
    title: 'resources by URI, however they are spelled',
    organizationRules: [{ id: 'rule_1', effect: 'DENY', capabilities: { kinds: ['RESOURCE'], patterns: ['file:///secret/*'] } }],
    rows: [
      { kind: 'RESOURCE', name: 'file:///readme', called: ALL },
      { kind: 'RESOURCE', name: 'file:///secret/key', called: NOBODY },
      { kind: 'RESOURCE', name: 'FILE:///secret/key', called: NOBODY },
      { kind: 'RESOURCE', name: 'file:///%73ecret/key', called: NOBODY },
      { kind: 'RESOURCE', name: 'file:///open/../secret/key', called: NOBODY },
      { kind: 'RESOURCE', name: 'file:///secret/unlisted', called: NOBODY },
    ],
  },
  {
    title: 'a template denied',
    workspaceRules: [
      { id: 'rule_1', effect: 'DENY', capabilities: { kinds: ['RESOURCE_TEMPLATE'] }, callers: { workspaceRoles: ['MEMBER'] } },
    ],
    rows: [
      { kind: 'RESOURCE_TEMPLATE', name: 'db://{table}/{id}', called: ['lead', 'service'] },
      { kind: 'RESOURCE', name: 'db://users/1', called: ['lead', 'service'] },
      { kind: 'RESOURCE', name: 'db://users/1/2', called: ['lead', 'service'] },
      { kind: 'RESOURCE', name: 'file:///readme', called: ALL },
    ],
  },
  {
    title: 'a tool switched off, with its UI resource',
    capabilityPolicy: policy([{ kind: 'TOOL', name: 'deploy', isDisabled: true }]),
    rows: [
      { kind: 'TOOL', name: 'deploy', called: NOBODY },
      { kind: 'TOOL', name: 'DEPLOY', called: NOBODY },
      { kind: 'RESOURCE', name: 'ui://deploy/panel', called: NOBODY },
      { kind: 'RESOURCE', name: 'UI://deploy/./panel', called: NOBODY },
      { kind: 'TOOL', name: 'search', called: ALL },
    ],
  },
  {
    title: 'capabilities held until approved',
    capabilityPolicy: policy(
      [
        { kind: 'TOOL', name: 'search', approvedHash: 'hash-search-before' },
        { kind: 'RESOURCE_TEMPLATE', name: 'db://{table}/{id}', approvedHash: 'hash-rows' },
      ],
      { newCapabilities: 'HOLD' },
    ),
    rows: [
      { kind: 'TOOL', name: 'search', called: ALL },
      { kind: 'TOOL', name: 'Search', called: NOBODY },
      { kind: 'TOOL', name: 'deploy', called: NOBODY },
      { kind: 'TOOL', name: 'appeared_just_now', called: NOBODY },
      { kind: 'RESOURCE', name: 'db://users/1', called: ALL },
      { kind: 'RESOURCE', name: 'db://users/1/2', called: NOBODY },
      { kind: 'RESOURCE', name: 'file:///unlisted', called: NOBODY },
    ],
  },
  {
    title: 'definitions pinned',
    capabilityPolicy: policy(
      [
        { kind: 'TOOL', name: 'search', approvedHash: 'hash-search-before' },
        { kind: 'TOOL', name: 'deploy', approvedHash: 'hash-deploy' },
        { kind: 'TOOL', name: 'vanished', approvedHash: 'hash-vanished' },
      ],
      { pinsDefinitions: true },
    ),
    rows: [
      { kind: 'TOOL', name: 'search', called: NOBODY },
      { kind: 'TOOL', name: 'deploy', called: ALL },
      { kind: 'TOOL', name: 'vanished', called: NOBODY },
      { kind: 'TOOL', name: 'appeared_just_now', called: ALL },
    ],
  },
];
