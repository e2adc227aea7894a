import { describe, expect, it } from 'vitest';
import { compileAccessPolicy } from '../../contract/access-policy.ts';
import type { AccessRule } from '../../contract/access-rule.ts';
import type { Route, ServerDocument } from '../../contract/snapshot.ts';
import { CASE_CALLERS, CASE_CAPABILITIES } from '../../test/support/access-cases.ts';
import type { AccessRules } from './access-view.ts';
import { CallAccess } from './call-access.ts';
import { editAnswer } from './edited-answer.ts';
import { RememberedLists, type AskedList } from './remembered-lists.ts';
import type { TaskHandles } from './task-handles.ts';

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
const { member, lead } = CASE_CALLERS;

/** Only managers see what destroys something. */
const MANAGERS: AccessRule = {
  id: 'rule_1',
  effect: 'REQUIRE',
  capabilities: { patterns: ['delete_*'] },
  condition: "caller.workspaceRole == 'MANAGER'",
};
const NOBODY: AccessRule = { id: 'rule_2', effect: 'DENY', capabilities: { patterns: ['deploy', 'delete_*'] } };

function compile(rule: AccessRule) {
  return compileAccessPolicy({ ...SERVER, rules: [rule] }, ROUTE);
}

const policy = compile(MANAGERS);

interface Form {
  readonly isStream: boolean;
  readonly write: (id: unknown, tools: readonly string[]) => string;
}

/** The forms in which servers send a list. */
const FORMS: Readonly<Record<string, Form>> = {
  'JSON with the id first': {
    isStream: false,
    write: (id, tools) => JSON.stringify({ jsonrpc: '2.0', id, result: { tools: toTools(tools) } }),
  },
  'JSON with the id last': {
    isStream: false,
    write: (id, tools) => JSON.stringify({ result: { tools: toTools(tools), nextCursor: 'n' }, jsonrpc: '2.0', id }),
  },
  'an event': {
    isStream: true,
    write: (id, tools) =>
      `event: message\ndata: ${JSON.stringify({ result: { tools: toTools(tools), cacheScope: 'public' }, jsonrpc: '2.0', id })}\n\n`,
  },
};

function toTools(names: readonly string[]) {
  return names.map((name) => ({ name, description: 'says "id":1} and ,"id":1}', inputSchema: { type: 'object' } }));
}

/** What a caller gets, with the answer coming in two parts. */
function edit(rules: AccessRules, isStream: boolean, id: number | string, answer: string): string {
  const message = { kind: 'request', era: 'legacy', method: 'tools/list', id, name: undefined, params: {} } as const;
  const view = { ...rules, tasks: undefined as unknown as TaskHandles };
  const edited = editAnswer(new CallAccess(view, [[id, { message }]]), 'legacy', isStream)!;
  const bytes = Buffer.from(answer);
  const half = bytes.length / 2;
  return Buffer.concat([edited.push(bytes.subarray(0, half))!, edited.push(bytes.subarray(half))!, edited.end()]).toString();
}

function namesIn(text: string): string[] {
  return [...text.matchAll(/"name":"([^"]+)"/g)].map(([, name]) => name!);
}

describe.each(Object.entries(FORMS))('a list as %s', (_form, { isStream, write }) => {
  const TOOLS = ['delete_repo', 'deploy', 'search'];

  it('is edited for each caller and under each rule, however often the same answer comes', () => {
    for (const id of [1, 2, 'three', 'fünf "']) {
      const answer = write(id, TOOLS);
      expect(edit({ policy, caller: member }, isStream, id, answer)).toBe(write(id, ['deploy', 'search']).replace('public', 'private'));
      expect(edit({ policy, caller: lead }, isStream, id, answer)).toBe(answer.replace('public', 'private'));
      expect(namesIn(edit({ policy: compile(NOBODY), caller: lead }, isStream, id, answer))).toEqual(['search']);
      expect(namesIn(edit({ policy, caller: { ...member } }, isStream, id, answer))).toEqual(['deploy', 'search']);
    }
  });

  it('is edited anew when the upstream says something else', () => {
    const rules = { policy, caller: member };
    for (const tools of [TOOLS, ['delete_all', 'search'], ['delete_repo', 'delete_all', 'deploy'], TOOLS]) {
      const shown = tools.filter((name) => name !== 'delete_repo');
      expect(namesIn(edit(rules, isStream, 7, write(7, tools)))).toEqual(shown.filter((name) => name !== 'delete_all'));
    }
  });
});

describe('RememberedLists', () => {
  const asked: AskedList = { page: 'tools/list ', id: '1' };
  const toAnswer = (id: string, text = 'x') => Buffer.from(`{"jsonrpc":"2.0","id":${id},"result":"${text}"}`);
  const edited = Buffer.from('{"jsonrpc":"2.0","id":1,"result":"y"}');
  const rules: AccessRules = { policy, caller: member };

  it('gives what became of an answer again, with the id of the request, for the same page, caller and policy only', () => {
    const lists = new RememberedLists(1_000_000);
    lists.note(rules, asked, toAnswer('1'), edited);
    const again = { ...asked, id: '"two"' };
    expect(lists.find(rules, again, [toAnswer('"two"')])?.toString()).toBe('{"jsonrpc":"2.0","id":"two","result":"y"}');
    expect(lists.find(rules, again, [toAnswer('"two"', 'z')])).toBeUndefined();
    expect(lists.find(rules, again, [toAnswer('1')])).toBeUndefined();
    expect(lists.find(rules, { ...asked, page: 'tools/list 2' }, [toAnswer('1')])).toBeUndefined();
    expect(lists.find({ policy, caller: lead }, asked, [toAnswer('1')])).toBeUndefined();
    expect(lists.find({ policy, caller: { ...member } }, asked, [toAnswer('1')])).toBeUndefined();
    expect(lists.find({ policy: compile(MANAGERS), caller: member }, asked, [toAnswer('1')])).toBeUndefined();
  });

  it('keeps nothing where the id of the request is not where messages have it', () => {
    const lists = new RememberedLists(1_000_000);
    for (const answer of [
      '{"result":{"id":1},"jsonrpc":"2.0"}',
      '{"a\\",\\"id":1}',
      '{"jsonrpc":"2.0","id":12,"result":{}}',
      '[{"id":1}]',
    ]) {
      lists.note(rules, asked, Buffer.from(answer), edited);
      expect(lists.bytes, answer).toBe(0);
    }
  });

  it('keeps no more than it may, and rather what is asked for', () => {
    const lists = new RememberedLists(1_000_000);
    const large = 'x'.repeat(40_000);
    const callers = Array.from({ length: 100 }, () => ({ policy, caller: { ...member } }));
    const isKept = (of: AccessRules) => lists.find(of, asked, [toAnswer('1', large)]) !== undefined;
    lists.note(rules, asked, toAnswer('1', large), toAnswer('1', large));
    for (const caller of callers) {
      lists.note(caller, asked, toAnswer('1', large), toAnswer('1', large));
      expect(lists.bytes).toBeLessThanOrEqual(1_000_000);
      expect(isKept(rules)).toBe(true);
    }
    expect(callers.filter(isKept).length).toBeGreaterThan(5);
    const before = lists.bytes;
    for (let page = 0; page < 20; page++) lists.note(rules, { ...asked, page: `tools/list ${page}` }, toAnswer('1'), edited);
    expect(isKept(rules)).toBe(false);
    expect(lists.bytes).toBeLessThan(before + 200_000);
    lists.note(rules, asked, toAnswer('1', 'x'.repeat(2_000_000)), edited);
    expect(lists.bytes).toBeLessThan(before + 200_000);
  });
});
