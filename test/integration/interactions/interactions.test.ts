import { randomUUID } from 'node:crypto';
import { createClient } from 'graphql-sse';
import { beforeAll, describe, expect, it } from 'vitest';
import type { TrafficEvent } from '../../../contract/traffic-event.ts';
import { addTraffic } from '../../support/add-traffic.ts';
import { useSharedControlPlane, type TestControlPlane } from '../../support/control-plane.ts';
import { eventually } from '../../support/eventually.ts';
import { buildWalkWorld, type WalkWorld } from '../authorization/role-walk-world.ts';

let plane: TestControlPlane;
let world: WalkWorld;

const gatewayId = `dp_${randomUUID()}`;
const startMs = Date.now() - 60_000;
let sequence = 0;

/** An event of the organization, a millisecond after the one before unless told otherwise. */
function makeEvent(fields: Partial<TrafficEvent> = {}): TrafficEvent {
  sequence += 1;
  const timeMs = startMs + sequence;
  const place = { organizationId: world.organization.id, workspaceId: world.workspace.id, serverId: world.server.id };
  return { gatewayId, sequence, timeMs, kind: 'REQUEST', outcome: 'COMPLETED', ...place, ...fields };
}

beforeAll(async () => {
  plane = await useSharedControlPlane();
  world = await buildWalkWorld(plane);
});

interface Node {
  readonly id: string;
  readonly sequence: number;
}

async function list(filter: object, page: object = {}, key: string | undefined = world.keys.owner) {
  const query = `query ($organizationId: ID!, $filter: InteractionFilter, $first: Int! = 50, $after: String) {
    interactions(organizationId: $organizationId, filter: $filter, first: $first, after: $after) {
      nodes { id sequence } pageInfo { hasNextPage endCursor }
    }
  }`;
  type Data = { interactions: { nodes: Node[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } } };
  const { data, errors } = await plane.send<Data>(key, query, { organizationId: world.organization.id, filter, ...page });
  expect(errors).toEqual([]);
  return data!.interactions;
}

describe('interactions', () => {
  it('come newest first, page by page, each once, also within one millisecond', async () => {
    const timeMs = startMs - 1_000;
    const events = Array.from({ length: 25 }, (_, index) => makeEvent({ timeMs: timeMs - (index % 3), sessionId: 'paged' }));
    await addTraffic(plane.databaseUrl, events);
    const seen: number[] = [];
    for (let after: string | null = null, hasNextPage = true; hasNextPage;) {
      const page = await list({ sessionId: 'paged' }, { first: 4, after });
      seen.push(...page.nodes.map((node) => node.sequence));
      ({ hasNextPage, endCursor: after } = page.pageInfo);
    }
    const wanted = events.toSorted((a, b) => b.timeMs - a.timeMs || b.sequence - a.sequence).map((event) => event.sequence);
    expect(seen).toEqual(wanted);
  });

  it('are counted while they are few, and estimated when they are many', async () => {
    const count = async (filter: object) => {
      const query = `query ($organizationId: ID!, $filter: InteractionFilter) {
        interactionCount(organizationId: $organizationId, filter: $filter) { count isExact }
      }`;
      const variables = { organizationId: world.organization.id, filter };
      const { data, errors } = await plane.send<{ interactionCount: { count: number; isExact: boolean } }>(
        world.keys.owner,
        query,
        variables,
      );
      expect(errors).toEqual([]);
      return data!.interactionCount;
    };
    expect(await count({ sessionId: 'paged' })).toEqual({ count: 25, isExact: true });
    expect(await count({ sessionId: 'nobody' })).toEqual({ count: 0, isExact: true });
    await addTraffic(
      plane.databaseUrl,
      Array.from({ length: 10_050 }, () => makeEvent({ timeMs: startMs - 5_000, sessionId: 'many' })),
    );
    const many = await count({ sessionId: 'many' });
    expect([many.isExact, many.count >= 10_000]).toEqual([false, true]);
  });

  it('are found by every field', async () => {
    const all: Partial<TrafficEvent> = {
      kind: 'REFUSAL', outcome: 'REFUSED', grantId: 'grant_x', callerKind: 'ACCESS_TOKEN', userId: 'usr_x', keyId: 'key_x', clientId: 'client-x',
      issuerId: 'tiss_x', clientName: 'Prober', clientVersion: '9.9', era: 'MODERN', protocolRevision: '2026-07-28', sessionId: 'session-x',
      httpMethod: 'DELETE', method: 'tools/probe', capabilityKind: 'PROMPT', capabilityName: 'probe', status: 418, decision: 'DENIED',
      decidedBy: 'rule', ruleId: 'rule_x', ruleLevel: 'WORKSPACE', limitId: 'lim_x', snapshotRevision: 4_242, reason: 'probe_reason',
      errorCode: -32_099, errorReason: 'probe words', connectionId: 'con_x', upstreamMs: 70_000, totalMs: 80_000, requestBytes: 5_000_000,
      responseBytes: 6_000_000, traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), gatewayId: `dp_${randomUUID()}`,
      payload: { arguments: '{}', redactions: 0 },
    }; // prettier-ignore
    const wanted = makeEvent(all);
    await addTraffic(plane.databaseUrl, [makeEvent(), wanted, makeEvent()]);
    const filters: object[] = [
      { kinds: ['REFUSAL'] }, { outcomes: ['REFUSED'] }, { accessGrantId: 'grant_x' }, { callerKind: 'ACCESS_TOKEN' }, { userId: 'usr_x' },
      { apiKeyId: 'key_x' }, { clientId: 'client-x' }, { trustedIssuerId: 'tiss_x' }, { clientName: 'Prober' }, { clientVersion: '9.9' },
      { era: 'MODERN' }, { protocolRevision: '2026-07-28' }, { sessionId: 'session-x' }, { httpMethod: 'DELETE' }, { method: 'tools/probe' },
      { capabilityKind: 'PROMPT' }, { capabilityName: 'probe' }, { status: 418 }, { decision: 'DENIED' }, { decidedBy: 'rule' },
      { accessRuleId: 'rule_x' }, { ruleLevel: 'WORKSPACE' }, { rateLimitId: 'lim_x' }, { snapshotRevision: 4_242 },
      { reason: 'probe_reason' }, { errorCode: -32_099 }, { errorReason: 'probe words' }, { connectionId: 'con_x' }, { minTotalMs: 80_000 },
      { minUpstreamMs: 70_000 }, { minRequestBytes: 5_000_000 }, { minResponseBytes: 6_000_000 }, { traceId: 'ab'.repeat(16) },
      { spanId: 'cd'.repeat(8) }, { gatewayId: all.gatewayId }, { hasPayload: true },
      { since: new Date(wanted.timeMs), until: new Date(wanted.timeMs + 1), workspaceId: world.workspace.id, mcpServerId: world.server.id },
    ]; // prettier-ignore
    for (const filter of filters) {
      const { nodes } = await list(filter);
      expect(
        nodes.map((node) => node.sequence),
        JSON.stringify(filter),
      ).toEqual([wanted.sequence]);
    }
    const field = '__type(name: "InteractionFilter") { inputFields { name } }';
    const { data } = await plane.send<{ __type: { inputFields: { name: string }[] } }>(plane.adminKey, `{ ${field} }`);
    const tried = new Set(filters.flatMap((filter) => Object.keys(filter)));
    expect(data!.__type.inputFields.map(({ name }) => name).filter((name) => !tried.has(name))).toEqual([]);
  });

  it('are those of the caller, of their workspaces, or of the organization', async () => {
    const { data } = await plane.send<{ viewer: { user: { id: string } } }>(world.keys.member, '{ viewer { user { id } } }');
    const own = makeEvent({ userId: data!.viewer.user.id, sessionId: 'roles' });
    const other = makeEvent({ userId: world.person.id, sessionId: 'roles' });
    const elsewhere = makeEvent({ workspaceId: 'ws_elsewhere', sessionId: 'roles' });
    await addTraffic(plane.databaseUrl, [own, other, elsewhere]);
    const seen = async (key: string | undefined) => (await list({ sessionId: 'roles' }, {}, key)).nodes.map((node) => node.sequence);
    expect(await seen(world.keys.auditor)).toEqual([elsewhere.sequence, other.sequence, own.sequence]);
    expect(await seen(world.keys.manager)).toEqual([other.sequence, own.sequence]);
    expect(await seen(world.keys.member)).toEqual([own.sequence]);
    expect(await seen(world.keys.managerElsewhere)).toEqual([]);
    expect(await seen(world.keys.ownerOfAnother)).toEqual([]);
  });

  it('give their payload to auditors, and every reading is audited', async () => {
    const id = await world.addInteraction();
    const query = 'query ($id: ID!) { interactionPayload(interactionId: $id) { arguments isArgumentsTruncated redactionCount } }';
    const denied = await plane.send(world.keys.owner, query, { id });
    expect(denied.errors[0]?.extensions.code).toBe('FORBIDDEN');
    const read = await plane.send(world.keys.auditor, query, { id });
    expect(read.data).toEqual({
      interactionPayload: { arguments: '{"city":"Berlin"}', isArgumentsTruncated: false, redactionCount: 0 },
    });
    const audit = `query ($organizationId: ID!, $id: ID!) {
      auditEvents(organizationId: $organizationId, filter: { resourceId: $id }) { nodes { action actor { kind } resource { kind } } }
    }`;
    const { data } = await plane.send(world.keys.auditor, audit, { organizationId: world.organization.id, id });
    expect(data).toEqual({
      auditEvents: { nodes: [{ action: 'interactionPayloadRead', actor: { kind: 'USER' }, resource: { kind: 'Interaction' } }] },
    });
  });

  it('reach whoever follows them, by the same filter and rights', async () => {
    const { seen, stop } = await follow(world.keys.manager!, {
      organizationId: world.organization.id,
      filter: { method: 'tools/call' },
    });
    const now = () => ({ timeMs: Date.now(), method: 'tools/call' });
    const [first, hidden, unwanted, second] = [
      makeEvent(now()),
      makeEvent({ ...now(), workspaceId: 'ws_elsewhere' }),
      makeEvent({ timeMs: Date.now(), method: 'tools/list' }),
      makeEvent(now()),
    ];
    await addTraffic(plane.databaseUrl, [first, hidden, unwanted]);
    const toSeen = ({ sequence }: TrafficEvent) => ({ sequence, mcpServer: { id: world.server.id } });
    await eventually(async () => expect(seen).toEqual([toSeen(first)]));
    await addTraffic(plane.databaseUrl, [first, second]);
    await eventually(async () => expect(seen).toEqual([toSeen(first), toSeen(second)]));
    stop();
  });
});

/** What a subscription has brought so far, once it is open. */
async function follow(key: string, variables: object): Promise<{ readonly seen: readonly unknown[]; readonly stop: () => void }> {
  const seen: unknown[] = [];
  const { promise: isOpen, resolve: opened } = Promise.withResolvers<void>();
  const client = createClient({ url: `${plane.url}/graphql/stream`, headers: { authorization: `Bearer ${key}` } });
  const query = `subscription ($organizationId: ID, $filter: InteractionFilter) {
    interactionAdded(organizationId: $organizationId, filter: $filter) { sequence mcpServer { id } }
  }`;
  const stop = client.subscribe<{ interactionAdded: unknown }>(
    { query, variables: { ...variables } },
    { next: ({ data }) => void seen.push(data!.interactionAdded), error: () => undefined, complete: () => undefined },
    { connected: () => opened() },
  );
  await isOpen;
  return { seen, stop };
}

describe('the export', () => {
  function ask(key: string | undefined, body: object) {
    return fetch(`${plane.url}/interactions/export`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key !== undefined && { authorization: `Bearer ${key}` }) },
      body: JSON.stringify({ organizationId: world.organization.id, ...body }),
    });
  }

  it('streams every interaction once, newest first, and is audited', async () => {
    const events = Array.from({ length: 2_500 }, () => makeEvent({ sessionId: 'exported' }));
    await addTraffic(plane.databaseUrl, events);
    const answer = await ask(world.keys.manager, { filter: { sessionId: 'exported' } });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/x-ndjson; charset=utf-8']);
    const lines = (await answer.text()).trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as Node).sequence)).toEqual(events.map((event) => event.sequence).toReversed());
    const audit = `query ($id: ID!) { auditEvents(organizationId: $id, filter: { actions: ["interactionExport"] }) { nodes { resource { id } } } }`;
    const { data } = await plane.send(world.keys.owner, audit, world.organization);
    expect(data).toEqual({ auditEvents: { nodes: [{ resource: { id: world.organization.id } }] } });
  });

  it('is refused like queries, and gives each caller what they see', async () => {
    expect((await ask(undefined, {})).status).toBe(401);
    const wrong = await ask(world.keys.owner, { filter: { kinds: ['NONSENSE'], colour: 'red' } });
    expect([wrong.status, await wrong.text()]).toEqual([400, expect.stringContaining('colour')]);
    const foreign = await ask(world.keys.ownerOfAnother, {});
    expect([foreign.status, await foreign.text()]).toEqual([200, '']);
    const own = await (await ask(world.keys.member, { filter: { sessionId: 'exported' } })).text();
    expect(own).toBe('');
  });
});

describe('interactions of no organization', () => {
  const QUERY = `query ($organizationId: ID, $filter: InteractionFilter, $since: DateTimeISO!, $until: DateTimeISO!) {
    interactions(organizationId: $organizationId, filter: $filter) { nodes { sequence reason } }
    interactionCount(organizationId: $organizationId, filter: $filter) { count isExact }
    usage(organizationId: $organizationId, filter: $filter, since: $since, until: $until) { refusals }
  }`;
  interface Found {
    readonly interactions: { readonly nodes: readonly { readonly sequence: number; readonly reason: string }[] };
    readonly interactionCount: { readonly count: number };
    readonly usage: readonly { readonly refusals: number }[];
  }
  const DAY = { since: new Date(startMs - 86_400_000), until: new Date(startMs + 86_400_000) };
  let lost: TrafficEvent;

  function makeNowhere(fields: Partial<TrafficEvent>): TrafficEvent {
    const nowhere = { organizationId: undefined, workspaceId: undefined, serverId: undefined, grantId: undefined, userId: undefined };
    return makeEvent({ ...nowhere, kind: 'REFUSAL', outcome: 'REFUSED', reason: 'route_unknown', ...fields });
  }

  beforeAll(async () => {
    lost = makeNowhere({ method: 'nowhere/to-go' });
    await addTraffic(plane.databaseUrl, [lost]);
  });

  it('are for whoever holds the bootstrap key, as a list, a count, usage and a file', async () => {
    const filter = { method: 'nowhere/to-go' };
    const { data } = await plane.send<Found>(plane.adminKey, QUERY, { filter, ...DAY });
    expect(data?.interactions.nodes).toEqual([{ sequence: lost.sequence, reason: 'route_unknown' }]);
    expect(data?.interactionCount).toMatchObject({ count: 1 });
    expect(data?.usage).toEqual([{ refusals: 1 }]);
    const answer = await fetch(`${plane.url}/interactions/export`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${plane.adminKey}` },
      body: JSON.stringify({ organizationId: null, filter }),
    });
    expect(JSON.parse(await answer.text())).toMatchObject({ sequence: lost.sequence, organizationId: null });
  });

  it('reach whoever holds the bootstrap key as they come, and no owner', async () => {
    const [operator, owner] = await Promise.all([plane.adminKey, world.keys.owner!].map((key) => follow(key, {})));
    const lost = makeNowhere({ timeMs: Date.now() });
    await addTraffic(plane.databaseUrl, [lost]);
    await eventually(async () => expect(operator!.seen).toEqual([{ sequence: lost.sequence, mcpServer: null }]));
    expect(owner!.seen).toEqual([]);
    for (const { stop } of [operator!, owner!]) stop();
  });

  it('are seen by nobody else, and in no organization', async () => {
    for (const role of ['owner', 'auditor', 'member', 'serviceKey'] as const) {
      const { data, errors } = await plane.send<Found>(world.keys[role], QUERY, DAY);
      expect([data?.interactions.nodes, data?.interactionCount.count, data?.usage, errors], role).toEqual([[], 0, [], []]);
    }
    const { data } = await plane.send<Found>(world.keys.owner, QUERY, {
      organizationId: world.organization.id,
      filter: { method: 'nowhere/to-go' },
      ...DAY,
    });
    expect(data).toMatchObject({ interactions: { nodes: [] }, usage: [] });
  });
});

describe('usage and health', () => {
  it('count calls, errors, refusals, latency and bytes by what is asked for', async () => {
    const hour = Math.floor(startMs / 3_600_000) * 3_600_000 - 7_200_000;
    const call = (fields: Partial<TrafficEvent>) => makeEvent({ capabilityName: 'used', requestBytes: 10, responseBytes: 100, ...fields });
    await addTraffic(plane.databaseUrl, [
      ...Array.from({ length: 90 }, () => call({ timeMs: hour + 1, totalMs: 10, userId: 'usr_a' })),
      ...Array.from({ length: 10 }, () => call({ timeMs: hour + 2, totalMs: 1_000, userId: 'usr_a', outcome: 'ERROR' })),
      call({ timeMs: hour + 3, kind: 'REFUSAL', outcome: 'REFUSED', totalMs: 0, userId: 'usr_a' }),
      call({ timeMs: hour + 3_600_000, totalMs: 5, userId: 'usr_b' }),
      call({ timeMs: hour + 4, kind: 'STREAM_OPEN' }),
    ]);
    const query = `query ($organizationId: ID!, $since: DateTimeISO!, $until: DateTimeISO!) {
      usage(organizationId: $organizationId, since: $since, until: $until, interval: HOUR, groupBy: [USER, CAPABILITY],
            filter: { capabilityName: "used" }) {
        start userId capabilityName calls errors refusals p50Ms p95Ms requestBytes responseBytes
      }
    }`;
    const [since, until] = [new Date(hour), new Date(hour + 7_200_000)];
    const { data, errors } = await plane.send<{ usage: Record<string, unknown>[] }>(world.keys.auditor, query, {
      organizationId: world.organization.id,
      since,
      until,
    });
    expect(errors).toEqual([]);
    const [first, second, ...rest] = data!.usage;
    expect(first).toMatchObject({ userId: 'usr_a', capabilityName: 'used', calls: 101, errors: 10, refusals: 1, requestBytes: 1_010 });
    expect([first!['start'], first!['responseBytes']]).toEqual([since.toISOString(), 10_100]);
    expect(first!['p50Ms']).toBeGreaterThanOrEqual(10);
    expect(first!['p50Ms']).toBeLessThanOrEqual(12.5);
    expect(first!['p95Ms']).toBeGreaterThanOrEqual(1_000);
    expect(first!['p95Ms']).toBeLessThanOrEqual(1_250);
    expect([second!['userId'], second!['calls'], rest]).toEqual(['usr_b', 1, []]);
  });

  it('says of a server how its recent calls went, and what went wrong last, in words', async () => {
    const { id } = await world.addServer();
    const query = `query ($id: ID!) { mcpServer(id: $id) { health { state traffic { state calls errors errorRate p50Ms lastError lastErrorAt } } } }`;
    const ask = async () =>
      (await plane.send<{ mcpServer: { health: { traffic: object } } }>(world.keys.owner, query, { id })).data!.mcpServer.health.traffic;
    expect(await ask()).toMatchObject({ state: 'IDLE', calls: 0, errorRate: null, lastError: null });
    const recent = { serverId: id, timeMs: Date.now() - 5_000, method: 'tools/call', capabilityName: 'search' };
    await addTraffic(plane.databaseUrl, [
      ...Array.from({ length: 9 }, () => makeEvent({ ...recent, upstreamMs: 20 })),
      makeEvent({ ...recent, outcome: 'UPSTREAM_FAILED', errorReason: 'it did not answer in time' }),
      makeEvent({ ...recent, kind: 'REFUSAL', outcome: 'REFUSED' }),
    ]);
    expect(await ask()).toMatchObject({
      state: 'DEGRADED',
      calls: 10,
      errors: 1,
      errorRate: 0.1,
      lastError: 'tools/call of search failed at the upstream: it did not answer in time.',
    });
  });
});
