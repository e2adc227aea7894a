import { describe, expect, it } from 'vitest';
import { CallerScope, CapabilityScope } from './condition-scope.ts';
import { compileCondition, type CallArguments } from './condition.ts';

const caller = new CallerScope({ kind: 'USER', userId: 'usr_1', groups: ['platform'], workspaceRole: 'MEMBER', claims: { dept: 'it' } });
const capability = new CapabilityScope({ kind: 'TOOL', name: 'deploy', annotations: { readOnlyHint: true } });

function evaluate(text: string, callArguments?: CallArguments) {
  const condition = compileCondition(text);
  if (!condition.ok) throw new Error(condition.error.message);
  return condition.value.evaluate(caller, capability, callArguments);
}

describe('a condition', () => {
  it.each([
    ['"platform" in caller.groups', 'holds'],
    ['caller.email.endsWith("@example.com")', 'fails'],
    ['"MEMBER" in caller.roles && capability.annotations.readOnlyHint', 'holds'],
    ['caller.claims.dept == "it"', 'holds'],
    ['caller.claims.cost == "it"', 'broken'],
    ['has(caller.claims.cost) && caller.claims.cost == "it"', 'fails'],
    ['capability.kind == "TOOL" && capability.uri == ""', 'holds'],
  ])('reads who calls and what: %s', (text, outcome) => {
    expect(evaluate(text)).toBe(outcome);
  });

  it.each([
    ['arguments.env == "staging"', { env: 'staging' }, 'holds'],
    ['arguments.env == "staging"', { env: 'production' }, 'fails'],
    ['arguments.env == "staging"', {}, 'broken'],
    ['has(arguments.env) && arguments.env == "staging"', {}, 'fails'],
    ['arguments.count <= 5', { count: 5 }, 'holds'],
    ['arguments.ids.all(id, id > 0)', { ids: [1, 2, 3] }, 'holds'],
    ['arguments.flag', { flag: true }, 'holds'],
    ['arguments.flag', { flag: 'true' }, 'broken'],
    ['arguments.constructor != null', {}, 'broken'],
    ['has(arguments.toString)', {}, 'fails'],
  ])('reads arguments: %s of %j', (text, callArguments, outcome) => {
    expect(evaluate(text, callArguments)).toBe(outcome);
  });

  it.each([
    ['arguments.env == "staging"', 'undecided'],
    ['has(arguments.env)', 'undecided'],
    ['arguments.env == "staging" || "platform" in caller.groups', 'holds'],
    ['arguments.env == "staging" && "sales" in caller.groups', 'fails'],
    ['"platform" in caller.groups ? arguments.env == "staging" : false', 'undecided'],
    ['"sales" in caller.groups ? arguments.env == "staging" : false', 'fails'],
    ['caller.claims.cost == "it"', 'broken'],
  ])('is decided without arguments only where they cannot matter: %s', (text, outcome) => {
    expect(evaluate(text)).toBe(outcome);
  });

  it.each([
    ['caller.team == "a"', 'unknown_name', 7, 11, /caller\.groups/],
    ['callr.groups == "a"', 'unknown_name', 0, 5, /capability\.annotations\.readOnlyHint/],
    ['caller.groups ==', 'syntax', 16, 16, /./],
    ['caller.groups == 1', 'type', 0, 18, /==/],
    ['caller.email', 'not_a_condition', 0, 12, /string/],
    ['arguments.q.matches("(a+)+$")', 'not_allowed', 0, 29, /startsWith/],
    ['cel.bind(x, arguments.q, x == x)', 'not_allowed', 0, 32, /bind/],
    ['arguments.a.all(x, arguments.a.exists(y, x == y))', 'not_allowed', 19, 48, /inside/],
  ])('points at what is wrong: %s', (text, code, start, end, message) => {
    expect(compileCondition(text)).toEqual({ ok: false, error: { code, start, end, message: expect.stringMatching(message) } });
  });

  it('is bounded in its text and its nesting', () => {
    expect(compileCondition(`true${' '.repeat(2_000)}`)).toMatchObject({ error: { code: 'too_long' } });
    expect(compileCondition(`${'('.repeat(900)}true${')'.repeat(900)}`)).toMatchObject({ ok: false });
    expect(compileCondition(Array.from({ length: 400 }, () => '1').join('+'))).toMatchObject({ ok: false });
  });

  it('is bounded in what it looks at', () => {
    const many = { ids: Array.from({ length: 2_000 }, () => 1) };
    expect(evaluate('size(arguments.ids) == 2000', many)).toBe('holds');
    expect(evaluate('arguments.ids.all(id, id == 1)', many)).toBe('broken');
    expect(evaluate('arguments.text != ""', { text: 'x'.repeat(2_000_000) })).toBe('broken');
    let deep: unknown = 1;
    for (let depth = 0; depth < 100_000; depth++) deep = [deep];
    expect(evaluate('arguments.deep != 1', { deep })).toBe('broken');
    expect(evaluate('capability.name == "deploy"', { deep })).toBe('holds');
  });
});
