import { describe, expect, it } from 'vitest';
import { ACCESS_CASES, CASE_CALLERS, CASE_CAPABILITIES, type AccessCase, type CaseCaller } from '../test/support/access-cases.ts';
import { decideAccess, findPresentation, findUpstreamName, isHeldDefinition } from './access-decision.ts';
import { compileAccessPolicy, type AccessPolicy } from './access-policy.ts';
import type { AccessRule, CapabilityOverride } from './access-rule.ts';
import type { Route, ServerDocument } from './snapshot.ts';

const SERVER: ServerDocument = {
  kind: 'server',
  id: 'mcps_1',
  slug: 'docs',
  name: 'Docs',
  organizationId: 'org_1',
  upstreamUrl: 'https://upstream.example/mcp',
  transport: 'STREAMABLE_HTTP',
  authentication: 'NONE',
  granularity: 'ORGANIZATION',
  maxRequestBytes: 1_000_000,
  capabilities: [...CASE_CAPABILITIES],
};
const ROUTE: Route = { slug: 'docs', serverId: 'mcps_1', grantId: 'grant_1', defaultUserAccess: 'ALLOW' };
const callers = Object.keys(CASE_CALLERS) as CaseCaller[];

function compile({
  organizationRules = [],
  workspaceRules = [],
  capabilityPolicy,
  people,
}: Omit<AccessCase, 'title' | 'rows'>): AccessPolicy {
  return compileAccessPolicy(
    { ...SERVER, rules: [...organizationRules] },
    { ...ROUTE, ...people, capabilityPolicy, rules: [...workspaceRules] },
  );
}

describe.each(ACCESS_CASES)('$title', ({ rows, ...access }) => {
  it.each(rows)('$kind $name with $arguments', ({ kind, name, arguments: callArguments, called, listed = called }) => {
    const policy = compile(access);
    const whoMay = (args?: Readonly<Record<string, unknown>>) =>
      callers.filter((caller) => decideAccess(policy, CASE_CALLERS[caller], kind, name, args).isAllowed);
    expect(whoMay(callArguments ?? {})).toEqual(called);
    expect(whoMay()).toEqual(listed);
  });
});

describe('a decision', () => {
  it('names the rule and its level, the organization first', () => {
    const rule: AccessRule = { id: 'rule_w', effect: 'DENY', capabilities: { patterns: ['deploy'] } };
    const { member } = CASE_CALLERS;
    const decide = (access: Parameters<typeof compile>[0]) => decideAccess(compile(access), member, 'TOOL', 'deploy', {});
    const refused = { isAllowed: false, dependsOnArguments: false };
    expect(decide({ workspaceRules: [rule] })).toEqual({ ...refused, level: 'WORKSPACE', ruleId: 'rule_w', reason: 'rule_denied' });
    expect(
      decide({ workspaceRules: [rule], organizationRules: [{ ...rule, id: 'rule_o', effect: 'REQUIRE', condition: 'false' }] }),
    ).toEqual({
      ...refused,
      level: 'ORGANIZATION',
      ruleId: 'rule_o',
      reason: 'requirement_not_met',
    });
    expect(decide({ people: { defaultUserAccess: 'DENY' } })).toEqual({
      ...refused,
      level: 'PEOPLE',
      ruleId: null,
      reason: 'default_user_access',
    });
    expect(decide({})).toMatchObject({ isAllowed: true, level: 'PEOPLE', reason: 'default_user_access' });
  });

  it('says where arguments may still refuse', () => {
    const policy = compile({
      workspaceRules: [{ id: 'rule_1', effect: 'DENY', capabilities: {}, condition: 'arguments.environment == "production"' }],
    });
    expect(decideAccess(policy, CASE_CALLERS.member, 'TOOL', 'deploy')).toMatchObject({ isAllowed: true, dependsOnArguments: true });
    expect(decideAccess(policy, CASE_CALLERS.member, 'TOOL', 'deploy', { environment: 'x' })).toMatchObject({ dependsOnArguments: false });
  });

  it('allocates nothing where nothing restricts', () => {
    const policy = compile({});
    expect(policy.isOpen).toBe(true);
    expect(decideAccess(policy, CASE_CALLERS.member, 'TOOL', 'a')).toBe(decideAccess(policy, CASE_CALLERS.lead, 'TOOL', 'b', {}));
  });

  it('refuses names without end once anything is restricted', () => {
    const policy = compile({ workspaceRules: [{ id: 'rule_1', effect: 'DENY', capabilities: { patterns: ['deploy'] } }] });
    expect(decideAccess(policy, CASE_CALLERS.member, 'RESOURCE', `x://${'%25'.repeat(10_000)}`, {})).toMatchObject({
      isAllowed: false,
      reason: 'name_too_long',
    });
  });
});

describe('a renamed capability', () => {
  const overrides: CapabilityOverride[] = [
    { kind: 'TOOL', name: 'search', exposedName: 'find', title: 'Find', description: 'Finds.' },
    { kind: 'TOOL', name: 'delete_repo', exposedName: 'deploy' },
  ];
  const policy = compile({ capabilityPolicy: { newCapabilities: 'ALLOW', pinsDefinitions: false, overrides } });

  it('is known by that name alone', () => {
    expect(findUpstreamName(policy, 'TOOL', 'find')).toBe('search');
    expect(findUpstreamName(policy, 'TOOL', 'search')).toBeUndefined();
    expect(findUpstreamName(policy, 'PROMPT', 'search')).toBe('search');
    expect(findPresentation(policy, 'TOOL', 'search')).toEqual({ name: 'find', title: 'Find', description: 'Finds.' });
    expect(findPresentation(policy, 'PROMPT', 'search')).toEqual({});
  });

  it('hides another one that has this name at the upstream', () => {
    expect(findUpstreamName(policy, 'TOOL', 'deploy')).toBe('delete_repo');
    expect(findPresentation(policy, 'TOOL', 'deploy')).toBeUndefined();
  });
});

it('holds a definition that is not the approved one at the moment it is seen', () => {
  const overrides: CapabilityOverride[] = [{ kind: 'TOOL', name: 'search', approvedHash: 'hash-search' }];
  const policy = compile({ capabilityPolicy: { newCapabilities: 'ALLOW', pinsDefinitions: true, overrides } });
  expect(isHeldDefinition(policy, 'TOOL', 'search', 'hash-search')).toBe(false);
  expect(isHeldDefinition(policy, 'TOOL', 'search', 'hash-other')).toBe(true);
  expect(isHeldDefinition(policy, 'TOOL', 'search', undefined)).toBe(true);
  expect(isHeldDefinition(policy, 'TOOL', 'deploy', 'hash-other')).toBe(false);
});
