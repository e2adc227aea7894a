import { decideAccess } from '../../contract/access-decision.ts';
import { compileAccessPolicy, type AccessPolicy } from '../../contract/access-policy.ts';
import type { AccessRule } from '../../contract/access-rule.ts';
import type { AccessCaller } from '../../contract/condition-scope.ts';
import type { ServerDocument } from '../../contract/snapshot.ts';
import type { Row } from '../bench-context.ts';
import { toSpread } from '../measure/statistics.ts';
import { atMost, type Cell, type Column, type RowReport } from '../report/row-report.ts';
import { REQUEST_ID, toToolList } from '../upstream/messages.ts';

const TOOLS = 1_000;
const RULES = 100;
/** Tools of the list that is filtered. */
const LISTED = 200;

const REPEATS = 5;
const DECISIONS = 200_000;
const LISTS = 200;

/** What a decision may cost, in microseconds: a fiftieth of what passing a call through costs. */
const MAX_DECISION_US = 1;

const COLUMNS: readonly Column[] = [
  { key: 'rules', title: `${RULES} rules, ${TOOLS} tools` },
  { key: 'callUs', title: 'decision of a call µs', digits: 3 },
  { key: 'listUs', title: `filtering ${LISTED} tools µs`, digits: 0 },
  { key: 'parseUs', title: 'of it reading and writing µs', digits: 0 },
];

/** Each rule is about another tool, and the last one about all of them, so that every call has one rule that applies. */
const KINDS: readonly (readonly [string, string | undefined])[] = [
  ['without conditions', undefined],
  ['CEL over the caller', '"platform" in caller.groups'],
  ['CEL over annotations and arguments', 'capability.annotations.readOnlyHint && (!has(arguments.limit) || arguments.limit <= 500)'],
];

const CALLER: AccessCaller = { kind: 'USER', userId: 'usr_1', keyId: 'key_1', workspaceRole: 'MEMBER', groups: ['platform', 'on-call'] };

export const accessDecisionRow: Row = {
  name: 'access-decision',
  title: 'what a decision about a tool costs, in one process',
  isQuick: true,
  run: () => Promise.resolve(run()),
};

function run(): RowReport {
  const measured = KINDS.map(([rules, condition]) => ({ rules, ...measure(compile(condition)) }));
  const lines: Record<string, Cell>[] = measured.map(({ callUs, listUs, parseUs, rules }) => {
    return { rules, callUs: toSpread(callUs), listUs: toSpread(listUs), parseUs: toSpread(parseUs) };
  });
  const plain = toSpread(measured[0]!.callUs).median;
  const notes = [
    'The decision function of the contract, which the data plane runs for calls and lists. A list is read, every tool judged, and what is left written.',
    'Where a server has no rules, nothing of this runs.',
  ];
  const budgets = [atMost('decision without conditions', plain, MAX_DECISION_US, ' µs', 3)];
  return { name: accessDecisionRow.name, title: accessDecisionRow.title, columns: COLUMNS, lines, budgets, notes };
}

function compile(condition: string | undefined): AccessPolicy {
  const toRule = (index: number): AccessRule => {
    const isLast = index === RULES - 1;
    const patterns = [isLast ? 'records_query_*' : `records_query_${index * 7}`];
    return { id: `rule_${index}`, effect: 'REQUIRE', capabilities: { kinds: ['TOOL'], patterns }, condition };
  };
  const server: ServerDocument = {
    kind: 'server',
    id: 'mcps_bench',
    slug: 'bench',
    name: 'Bench',
    organizationId: 'org_bench',
    upstreamUrl: 'https://upstream.example/mcp',
    transport: 'STREAMABLE_HTTP',
    authentication: 'NONE',
    granularity: 'ORGANIZATION',
    maxRequestBytes: 1_000_000,
    capabilities: Array.from({ length: TOOLS }, (_, index) => {
      return { kind: 'TOOL' as const, name: `records_query_${index}`, definitionHash: 'hash', annotations: { readOnlyHint: true } };
    }),
    rules: Array.from({ length: RULES }, (_, index) => toRule(index)),
  };
  return compileAccessPolicy(server, { slug: 'bench', serverId: server.id, grantId: 'grant_bench', defaultUserAccess: 'ALLOW' });
}

function measure(policy: AccessPolicy) {
  const text = toToolList(REQUEST_ID, LISTED);
  const names = Array.from({ length: TOOLS }, (_, index) => `records_query_${index}`);
  const callArguments = { filter: 'a = 1', limit: 100 };
  const decide = (index: number) => void decideAccess(policy, CALLER, 'TOOL', names[index % TOOLS]!, callArguments);
  const read = () => JSON.parse(text) as { result: { tools: { name: string }[] } };
  const filter = () => {
    const list = read();
    list.result.tools = list.result.tools.filter(({ name }) => decideAccess(policy, CALLER, 'TOOL', name).isAllowed);
    JSON.stringify(list);
  };
  return {
    callUs: time(DECISIONS, decide),
    listUs: time(LISTS, filter),
    parseUs: time(LISTS, () => void JSON.stringify(read())),
  };
}

/** Microseconds a turn, once for each repetition. The first, which warms up, does not count. */
function time(turns: number, work: (turn: number) => void): number[] {
  const measured: number[] = [];
  for (let repeat = 0; repeat <= REPEATS; repeat++) {
    const startedAtMs = performance.now();
    for (let turn = 0; turn < turns; turn++) work(turn);
    measured.push(((performance.now() - startedAtMs) * 1_000) / turns);
  }
  return measured.slice(1);
}
