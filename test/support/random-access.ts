import type { AccessRule, CapabilityKind, CapabilityOverride, CapabilityPolicy, KnownCapability } from '../../contract/access-rule.ts';
import { CASE_CAPABILITIES } from './access-cases.ts';

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

/** What a property of decisions is asked about. */
export const ASKED = [
  ...CASE_CAPABILITIES.map(({ kind, name }) => ({ kind, name })),
  { kind: 'TOOL' as const, name: 'unknown' },
  { kind: 'TOOL' as const, name: 'renamed' },
  { kind: 'RESOURCE' as const, name: 'db://users/1' },
  { kind: 'RESOURCE' as const, name: 'FILE:///secret/%6bey' },
];
export const ASKED_ARGUMENTS = [{}, { environment: 'staging' }, { environment: 'production' }];

/** Mulberry32: the same numbers for the same seed, so that a failure can be repeated. */
export function makeRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function makeRule(id: string, random: () => number): AccessRule {
  const callers = pick(random, [
    undefined,
    { services: true },
    { workspaceRoles: ['MEMBER'] },
    { groups: ['platform'] },
    { keyIds: ['key_member'] },
  ]);
  const effect = pick(random, ['DENY', 'REQUIRE'] as const);
  const condition = effect === 'DENY' && random() < 0.3 ? undefined : pick(random, CONDITIONS);
  return {
    id,
    effect,
    callers,
    condition,
    capabilities: { kinds: random() < 0.5 ? undefined : [pick(random, KINDS)], patterns: [pick(random, PATTERNS)] },
  };
}

/** What a grant says about capabilities: some off, renamed, approved as they are or were, or not at all. */
export function makeCapabilityPolicy(
  random: () => number,
  capabilities: readonly KnownCapability[] = CASE_CAPABILITIES,
): CapabilityPolicy | undefined {
  if (random() < 0.3) return undefined;
  const overrides = capabilities.flatMap(({ kind, name, definitionHash }): CapabilityOverride[] => {
    if (random() < 0.4) return [];
    return [
      {
        kind,
        name,
        isDisabled: random() < 0.3 || undefined,
        approvedHash: pick(random, [undefined, definitionHash, definitionHash, 'another']),
        exposedName: kind === 'TOOL' && name === 'deploy' && random() < 0.5 ? 'renamed' : undefined,
      },
    ];
  });
  return { newCapabilities: pick(random, ['ALLOW', 'HOLD']), pinsDefinitions: random() < 0.5, overrides };
}

function pick<Item>(random: () => number, items: readonly Item[]): Item {
  return items[Math.floor(random() * items.length)]!;
}
