// A property: whatever rules, switches and approvals there are, `explainAccess` says what a data plane does, with a call and with a list.
import { describe, expect, it } from 'vitest';
import type { CapabilityKind } from '../../../contract/access-rule.ts';
import type { Route } from '../../../contract/snapshot.ts';
import { explain } from '../../../control-plane/access-explanations/explain.ts';
import { findAccessRules } from '../../../data-plane/access/access-view.ts';
import { filterList } from '../../../data-plane/access/filter-list.ts';
import { judgeMessage } from '../../../data-plane/access/judge-message.ts';
import { TaskHandles } from '../../../data-plane/access/task-handles.ts';
import type { JsonObject } from '../../../data-plane/mcp/message.ts';
import { authorize } from '../../../data-plane/request/authorize.ts';
import type { KeyCaller } from '../../../data-plane/request/caller.ts';
import { findTarget, type Target } from '../../../data-plane/request/target.ts';
import { CASE_CALLERS, CASE_CAPABILITIES, type CaseCaller } from '../../support/access-cases.ts';
import { ASKED, ASKED_ARGUMENTS, makeCapabilityPolicy, makeRandom, makeRule } from '../../support/random-access.ts';
import { routingTableOf } from '../../support/routing-table.ts';
import { toElement, withRealHash } from '../../support/upstreams/access-upstream.ts';
import { serverDocument, testKeyRing, workspaceDocument } from '../../support/test-snapshot.ts';

const SEEDS = Array.from({ length: 80 }, (_, index) => index + 1);
const CALLERS = Object.keys(CASE_CALLERS) as CaseCaller[];
const CAPABILITIES = CASE_CAPABILITIES.map(withRealHash);
const LISTS: Readonly<Record<CapabilityKind, readonly [field: string, key: string]>> = {
  TOOL: ['tools', 'name'],
  PROMPT: ['prompts', 'name'],
  RESOURCE: ['resources', 'uri'],
  RESOURCE_TEMPLATE: ['resourceTemplates', 'uriTemplate'],
};

/** The documents of one revision, and what a data plane makes of them. */
function makeGateway(seed: number) {
  const random = makeRandom(seed);
  const rules = (level: string) => Array.from({ length: Math.floor(random() * 3) }, (_, index) => makeRule(`${level}_${index}`, random));
  const server = serverDocument('docs', { capabilities: [...CAPABILITIES], rules: rules('organization') });
  const plain = workspaceDocument('test', ['docs']);
  const route: Route = {
    ...plain.routes[0]!,
    defaultUserAccess: random() < 0.2 ? 'DENY' : 'ALLOW',
    userOverrides: random() < 0.3 ? { usr_lead: random() < 0.5 ? 'ALLOW' : 'DENY' } : undefined,
    capabilityPolicy: makeCapabilityPolicy(random, CAPABILITIES),
    rules: rules('workspace'),
  };
  const people = [CASE_CALLERS.member, CASE_CALLERS.lead].map(({ userId, workspaceRole, ...rest }) => ({
    userId,
    role: workspaceRole,
    organizationRole: rest.organizationRole,
    ...('groups' in rest && { groups: [...rest.groups], email: rest.email }),
  }));
  const keys = CALLERS.map((caller) => {
    const { kind, keyId, ...rest } = CASE_CALLERS[caller];
    const userId = 'userId' in rest ? rest.userId : undefined;
    return { id: keyId, lookup: caller, hash: caller, kind, userId, scopes: ['MCP'] };
  });
  const workspace = { ...plain, routes: [route], members: people, keys };
  const table = routingTableOf([server, workspace]);
  const target = findTarget(table, table.findWorkspace('test'), { workspace: 'test', server: 'docs' });
  if (!target.ok) throw new Error('there is no such route');
  return { documents: { server, workspace }, target: target.value };
}

function toCaller(caller: CaseCaller): KeyCaller {
  const { keyId, ...rest } = CASE_CALLERS[caller];
  const subject = 'userId' in rest ? { kind: 'USER' as const, userId: rest.userId } : { kind: 'SERVICE' as const };
  return { kind: 'API_KEY', id: keyId, subject, keyId, lookup: caller };
}

/** What the data plane does with a call. */
function isCalled(target: Target, caller: KeyCaller, kind: CapabilityKind, name: string, args: JsonObject): boolean {
  if (!authorize(target, caller).ok) return false;
  const rules = findAccessRules(target, caller);
  if (rules === undefined) return true;
  const [method, params] = toRequest(kind, name, args);
  const view = { ...rules, tasks: new TaskHandles(testKeyRing(), target, caller) };
  const judged = judgeMessage(view, { kind: 'request', era: 'legacy', method, id: 1, name, params });
  return judged.ok && judged.value.refusal === undefined;
}

function toRequest(kind: CapabilityKind, name: string, args: JsonObject): [method: string, params: JsonObject] {
  if (kind === 'TOOL') return ['tools/call', { name, arguments: args }];
  if (kind === 'PROMPT') return ['prompts/get', { name, arguments: args }];
  if (kind === 'RESOURCE') return ['resources/read', { uri: name }];
  return ['completion/complete', { ref: { type: 'ref/resource', uri: name }, argument: { name: 'x', value: 'y' } }];
}

/** What the data plane leaves of a list of everything, by the names that it shows. */
function listNames(target: Target, caller: KeyCaller, kind: CapabilityKind): string[] {
  if (!authorize(target, caller).ok) return [];
  const [field, key] = LISTS[kind];
  const result = { [field]: CAPABILITIES.filter((capability) => capability.kind === kind).map(toElement) };
  const rules = findAccessRules(target, caller);
  const filtered = rules === undefined ? result : filterList({ ...rules, tasks: new TaskHandles(testKeyRing(), target, caller) }, result);
  return (filtered[field] as Record<string, string>[]).map((element) => element[key]!);
}

describe.each(SEEDS)('what is made of seed %i', (seed) => {
  it('is explained as it is enforced', () => {
    const { documents, target } = makeGateway(seed);
    for (const name of CALLERS) {
      const caller = toCaller(name);
      const question = { userId: null, apiKeyId: caller.keyId, mcpServerId: 'mcps_docs', nowMs: 0 };
      const ask = (capability: { kind: CapabilityKind; name: string }, callArguments: JsonObject | undefined) =>
        explain(documents, { ...question, capability, callArguments }).isAllowed;
      for (const asked of ASKED) {
        // A completion has no arguments of a call: it is judged like an element of a list.
        const calls = asked.kind === 'TOOL' || asked.kind === 'PROMPT' ? ASKED_ARGUMENTS : asked.kind === 'RESOURCE' ? [{}] : [undefined];
        for (const args of calls) {
          const isDone = isCalled(target, caller, asked.kind, asked.name, args ?? {});
          expect(ask(asked, args), `${name} ${asked.kind} ${asked.name} ${JSON.stringify(args)}`).toBe(isDone);
        }
      }
      for (const kind of ['TOOL', 'PROMPT', 'RESOURCE', 'RESOURCE_TEMPLATE'] as const) {
        const shown = [...CAPABILITIES.filter((capability) => capability.kind === kind).map((capability) => capability.name), 'renamed'];
        const explained = shown.filter((exposed) => ask({ kind, name: exposed }, undefined));
        // Rules may allow names that nobody offers; a list has only what there is.
        const listed = listNames(target, caller, kind);
        expect(explained.filter((exposed) => exposed !== 'renamed' || listed.includes(exposed)).toSorted()).toEqual(listed.toSorted());
      }
    }
  });
});
