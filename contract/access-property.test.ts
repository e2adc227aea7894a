import { describe, expect, it } from 'vitest';
import { CASE_CALLERS, CASE_CAPABILITIES } from '../test/support/access-cases.ts';
import { ASKED, ASKED_ARGUMENTS, makeCapabilityPolicy, makeRandom, makeRule } from '../test/support/random-access.ts';
import { decideAccess } from './access-decision.ts';
import { compileAccessPolicy } from './access-policy.ts';
import type { AccessRule, CapabilityPolicy } from './access-rule.ts';
import type { Route, ServerDocument } from './snapshot.ts';

const SEEDS = Array.from({ length: 60 }, (_, index) => index + 1);
const ARGUMENTS = [undefined, ...ASKED_ARGUMENTS];

function decideAll(
  organizationRules: readonly AccessRule[],
  workspaceRules: readonly AccessRule[],
  capabilityPolicy?: CapabilityPolicy,
): boolean[] {
  const server = { id: 'mcps_1', capabilities: [...CASE_CAPABILITIES], rules: [...organizationRules] } as unknown as ServerDocument;
  const route: Route = {
    slug: 's',
    serverId: 'mcps_1',
    grantId: 'grant_1',
    defaultUserAccess: 'ALLOW',
    capabilityPolicy,
    rules: [...workspaceRules],
  };
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
    const policy = makeCapabilityPolicy(random);
    let before = decideAll(organization, workspace, policy);
    for (const rule of rules) {
      (random() < 0.5 ? organization : workspace).push(rule);
      const after = decideAll(organization, workspace, policy);
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
