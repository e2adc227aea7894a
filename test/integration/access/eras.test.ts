// The table of rules × callers × capabilities, through every pairing of eras and transports: what a list shows is what a call does.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CapabilityKind, CapabilityPolicy } from '../../../contract/access-rule.ts';
import { generateApiKey } from '../../../contract/api-key.ts';
import type { Route, ServerDocument, SnapshotApiKey } from '../../../contract/snapshot.ts';
import {
  ACCESS_CASES,
  CASE_CALLERS,
  CASE_CAPABILITIES,
  type AccessCase,
  type CaseCaller,
  type CaseRow,
} from '../../support/access-cases.ts';
import { startBridgeGateway, type BridgeGateway } from '../../support/bridge-gateway.ts';
import { modernRequest, openSession, sendMcp, type McpAnswer } from '../../support/mcp-request.ts';
import { ACCESS_PAIRINGS, startAccessUpstreams, withRealHash, type AccessUpstreams } from '../../support/upstreams/access-upstream.ts';

const CAPABILITIES = CASE_CAPABILITIES.map(withRealHash);
const CALLERS = Object.keys(CASE_CALLERS) as CaseCaller[];
type Client = (typeof ACCESS_PAIRINGS)[number][0];
type Upstream = (typeof ACCESS_PAIRINGS)[number][1];

let upstreams: AccessUpstreams;
let gateway: BridgeGateway;
const plain = Object.fromEntries(CALLERS.map((caller) => [caller, generateApiKey()])) as Record<
  CaseCaller,
  ReturnType<typeof generateApiKey>
>;

beforeAll(async () => {
  upstreams = await startAccessUpstreams(CAPABILITIES);
  const kinds: readonly Upstream[] = ['legacy', 'modern', 'sse'];
  const places = ACCESS_CASES.flatMap((access, i) => kinds.map((upstream) => ({ access, upstream, slug: toSlug(i, upstream) })));
  gateway = await startBridgeGateway({
    servers: Object.fromEntries(places.map(({ access, slug, upstream }) => [slug, toServer(access, upstream)])),
    routes: Object.fromEntries(places.map(({ access, slug }) => [slug, toRoute(access)])),
    people: { keys: CALLERS.map(toKey), members: [toMember('member'), toMember('lead')] },
  });
});
afterAll(async () => {
  await gateway.close();
  await upstreams.close();
});

function toSlug(index: number, upstream: Upstream): string {
  return `case-${index}-${upstream}`;
}

function toServer({ organizationRules }: AccessCase, upstream: Upstream): Partial<ServerDocument> & { upstreamUrl: string } {
  const transport = upstream === 'sse' ? 'SSE' : 'STREAMABLE_HTTP';
  return { upstreamUrl: upstreams[`${upstream}Url`], transport, capabilities: [...CAPABILITIES], rules: [...(organizationRules ?? [])] };
}

function toRoute({ capabilityPolicy, people, workspaceRules }: AccessCase): Partial<Route> {
  return { ...people, rules: [...(workspaceRules ?? [])], capabilityPolicy: capabilityPolicy && withRealHashes(capabilityPolicy) };
}

/** The cases name definitions by words; here they have real ones. */
function withRealHashes(policy: CapabilityPolicy): CapabilityPolicy {
  const toReal = (hash: string | undefined) =>
    CAPABILITIES[CASE_CAPABILITIES.findIndex(({ definitionHash }) => definitionHash === hash)]?.definitionHash ?? hash;
  return { ...policy, overrides: policy.overrides.map((override) => ({ ...override, approvedHash: toReal(override.approvedHash) })) };
}

function toKey(caller: CaseCaller): SnapshotApiKey {
  const { keyId, kind, ...rest } = { userId: undefined, ...CASE_CALLERS[caller] };
  const { hash, lookup } = plain[caller];
  return { id: keyId, lookup, hash, kind, userId: rest.userId, scopes: ['MCP'] };
}

function toMember(caller: 'member' | 'lead') {
  const { userId, workspaceRole: role, organizationRole, ...rest } = { email: undefined, groups: undefined, ...CASE_CALLERS[caller] };
  return { userId, role, organizationRole, email: rest.email, groups: rest.groups === undefined ? undefined : [...rest.groups] };
}

const METHODS: Readonly<Record<CapabilityKind, { list: string; call: string; field: string; key: string }>> = {
  TOOL: { list: 'tools/list', call: 'tools/call', field: 'tools', key: 'name' },
  PROMPT: { list: 'prompts/list', call: 'prompts/get', field: 'prompts', key: 'name' },
  RESOURCE: { list: 'resources/list', call: 'resources/read', field: 'resources', key: 'uri' },
  RESOURCE_TEMPLATE: { list: 'resources/templates/list', call: 'completion/complete', field: 'resourceTemplates', key: 'uriTemplate' },
};

function toParams({ kind, name, arguments: callArguments }: CaseRow): Record<string, unknown> {
  if (kind === 'RESOURCE') return { uri: name };
  if (kind === 'RESOURCE_TEMPLATE') return { ref: { type: 'ref/resource', uri: name }, argument: { name: 'id', value: '1' } };
  return callArguments === undefined ? { name } : { name, arguments: callArguments };
}

/** One caller on one server, in one era. */
class Visitor {
  readonly #client: Client;
  readonly #url: string;
  readonly #key: string;
  #session: Promise<string | undefined> | undefined;

  constructor(client: Client, slug: string, caller: CaseCaller) {
    this.#client = client;
    this.#url = gateway.processes[0]!.url(slug);
    this.#key = plain[caller].plain;
  }

  async send(method: string, params: Record<string, unknown>): Promise<McpAnswer> {
    if (this.#client === 'modern') return sendMcp(this.#url, { key: this.#key, ...modernRequest(1, method, params) });
    this.#session ??= openSession(this.#url, this.#key).catch(() => undefined); // a server that is hidden as a whole
    return sendMcp(this.#url, { key: this.#key, session: await this.#session, body: { jsonrpc: '2.0', id: 1, method, params } });
  }

  /** Every name on every page. */
  async list(kind: CapabilityKind): Promise<string[]> {
    const { field, key, list } = METHODS[kind];
    const names: string[] = [];
    let cursor: unknown;
    do {
      const answer = await this.send(list, cursor === undefined ? {} : { cursor });
      if (answer.status === 404) return [];
      const result = answer.message().result!;
      names.push(...(result[field] as Record<string, string>[]).map((element) => element[key]!));
      if (this.#client === 'modern') expect(result['cacheScope']).toEqual(isRestricted(this.#url) ? 'private' : expect.any(String));
      cursor = result['nextCursor'];
    } while (cursor !== undefined);
    return names;
  }
}

function isRestricted(url: string): boolean {
  const access = ACCESS_CASES[Number(/case-(\d+)-/.exec(url)?.[1])]!;
  return access.organizationRules !== undefined || access.workspaceRules !== undefined || access.capabilityPolicy !== undefined;
}

const isOffered = ({ kind, name }: CaseRow) => CAPABILITIES.some((capability) => capability.kind === kind && capability.name === name);

describe.each(ACCESS_PAIRINGS)('a %s client and an upstream that is %s', (client, upstream) => {
  it.each(ACCESS_CASES.map((access, i) => [access.title, i] as const))('%s', async (_title, index) => {
    const { rows } = ACCESS_CASES[index]!;
    for (const caller of CALLERS) {
      const visitor = new Visitor(client, toSlug(index, upstream), caller);
      for (const row of rows) {
        const { call } = METHODS[row.kind];
        upstreams.forget();
        const answer = await visitor.send(call, toParams(row));
        const isAllowed = row.called.includes(caller);
        const context = `${caller} calls ${row.kind} ${row.name}`;
        expect(upstreams.asked(call), context).toHaveLength(isAllowed ? 1 : 0);
        if (isAllowed) expect(answer.message().result, context).toMatchObject({ done: expect.any(String) });
        else expect([404, 200], context).toContain(answer.status);
        if (!isAllowed && answer.status === 200) expect(answer.message().error!.message, context).toMatch(/^(Unknown|Resource not found)/);
        if (!isOffered(row)) continue;
        const listed = await visitor.list(row.kind);
        expect(listed.includes(row.name), `${caller} lists ${row.kind} ${row.name}`).toBe((row.listed ?? row.called).includes(caller));
      }
    }
  });
});
