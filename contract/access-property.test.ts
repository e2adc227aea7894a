import { describe, expect, it } from 'vitest';
import { CASE_CALLERS, CASE_CAPABILITIES } from '../test/support/access-cases.ts';
import { decideAccess } from './access-decision.ts';
import { compileAccessPolicy } from './access-policy.ts';
import type { AccessRule, CapabilityKind } from './access-rule.ts';
import type { Route, ServerDocument } from './snapshot.ts';

const SEEDS = Array.from({ length: 60 }, (_, index) => index + 1);
const KINDS: CapabilityKind[] = ['TOOL', 'PROMPT', 'RESOURCE', 'RESOURCE_TEMPLATE'];
const PATTERNS = ['*', 'de*', 'deploy', '*_repo', 'file:///*', 'db://*', 'ui://*', 'SEARCH'];
const CONDITIONS = [
  'true',
  'false',
  'capability.annotations.readOnlyHint',
  '"platform" in caller.groups',
  'arguments.environment == "staging"',
  'arguments.environment == "staging" || caller.kind == "SERVICE"',
  'caller.claims.none == 1',
  'not CEL',
];
const ASKED = [
  ...CASE_CAPABILITIES.map(({ kind, name }) => ({ kind, name })),
  { kind: 'TOOL' as const, name: 'unknown' },
  { kind: 'RESOURCE' as const, name: 'db://users/1' },
  { kind: 'RESOURCE' as const, name: 'FILE:///secret/%6bey' },
];
const ARGUMENTS = [undefined, {}, { environment: 'staging' }, { environment: 'production' }];

/** Mulberry32: the same numbers for the same seed, so that a failure can be repeated. */
function makeRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function makeRule(id: string, random: () => number): AccessRule {
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
  const callers = pick([
    undefined,
    { services: true },
    { workspaceRoles: ['MEMBER'] },
    { groups: ['platform'] },
    { keyIds: ['key_member'] },
  ]);
  const effect = pick(['DENY', 'REQUIRE'] as const);
  const condition = effect === 'DENY' && random() < 0.3 ? undefined : pick(CONDITIONS);
  return {
    id,
    effect,
    callers,
    condition,
    capabilities: { kinds: random() < 0.5 ? undefined : [pick(KINDS)], patterns: [pick(PATTERNS)] },
  };
}

function decideAll(organizationRules: readonly AccessRule[], workspaceRules: readonly AccessRule[]): boolean[] {
  const server = { id: 'mcps_1', capabilities: [...CASE_CAPABILITIES], rules: [...organizationRules] } as unknown as ServerDocument;
  const route: Route = { slug: 's', serverId: 'mcps_1', grantId: 'grant_1', defaultUserAccess: 'ALLOW', rules: [...workspaceRules] };
  const policy = compileAccessPolicy(server, route);
  return Object.values(CASE_CALLERS).flatMap((caller) =>
    ASKED.flatMap(({ kind, name }) => ARGUMENTS.map((args) => decideAccess(policy, caller, kind, name, args).isAllowed)),
  );
}

describe.each(SEEDS)('rules made of seed %i', (seed) => {
  it('never grant by being more', () => {
    const random = makeRandom(seed);
    const rules = Array.from({ length: 6 }, (_, index) => makeRule(`rule_${index}`, random));
    const [organization, workspace]: [AccessRule[], AccessRule[]] = [[], []];
    let before = decideAll(organization, workspace);
    for (const rule of rules) {
      (random() < 0.5 ? organization : workspace).push(rule);
      const after = decideAll(organization, workspace);
      expect(after.filter((isAllowed, index) => isAllowed && !before[index])).toEqual([]);
      before = after;
    }
  });

  it('list whatever some call may use', () => {
    const random = makeRandom(seed);
    const rules = Array.from({ length: 3 }, (_, index) => makeRule(`rule_${index}`, random));
    const answers = decideAll(rules, []);
    for (let at = 0; at < answers.length; at += ARGUMENTS.length) {
      const [isListed, ...calls] = answers.slice(at, at + ARGUMENTS.length);
      if (calls.includes(true)) expect(isListed).toBe(true);
    }
  });
});
