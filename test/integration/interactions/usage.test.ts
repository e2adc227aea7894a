import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrafficEvent } from '../../../contract/traffic-event.ts';
import { Migration20261130TrafficUsage } from '../../../control-plane/database/migrations/migration-20261130-traffic-usage.ts';
import { countUsage } from '../../../control-plane/traffic/index.ts';
import { addTraffic } from '../../support/add-traffic.ts';
import { startTestControlPlane, type OwnControlPlane } from '../../support/control-plane.ts';
import { eventually } from '../../support/eventually.ts';
import { buildWalkWorld, type WalkWorld } from '../authorization/role-walk-world.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const gatewayId = `dp_${randomUUID()}`;
/** Noon, so that a time from here covers parts of hours, hours, and a day. */
const startMs = Math.floor(Date.now() / DAY_MS) * DAY_MS - 4 * DAY_MS + 12 * HOUR_MS;
const SPAN_MS = 2.5 * DAY_MS;

let plane: OwnControlPlane;
let world: WalkWorld;
let sequence = 0;
let seed = 7;

beforeAll(async () => {
  plane = await startTestControlPlane();
  world = await buildWalkWorld(plane);
  const events = Array.from({ length: 1_500 }, makeAny);
  // Twice, in other parts, and late ones before early ones: as a delivery does that was interrupted.
  await addTraffic(plane.databaseUrl, events.slice(0, 900));
  await count();
  await addTraffic(plane.databaseUrl, [...events.slice(600).toReversed(), ...events.slice(0, 5)]);
  await count();
  await addTraffic(plane.databaseUrl, events);
});
afterAll(() => plane.stop());

/** The same ones in each run. */
function pick<Value>(values: readonly Value[]): Value {
  seed = (seed * 48_271) % 2_147_483_647;
  return values[seed % values.length]!;
}

function makeEvent(fields: Partial<TrafficEvent>): TrafficEvent {
  sequence += 1;
  const place = { organizationId: world.organization.id, workspaceId: world.workspace.id, serverId: world.server.id };
  return { gatewayId, sequence, timeMs: startMs, kind: 'REQUEST', outcome: 'COMPLETED', httpMethod: 'POST', ...place, ...fields };
}

function makeAny(): TrafficEvent {
  return makeEvent({
    timeMs: startMs + pick(Array.from({ length: 997 }, (_, part) => Math.floor((part * SPAN_MS) / 997))),
    kind: pick(['REQUEST', 'REQUEST', 'REQUEST', 'REFUSAL', 'NOTIFICATION', 'STREAM_CLOSE']),
    outcome: pick(['COMPLETED', 'COMPLETED', 'ERROR', 'REFUSED', 'UPSTREAM_FAILED', 'CLIENT_GONE']),
    workspaceId: pick([world.workspace.id, 'ws_other', undefined]),
    serverId: pick([world.server.id, 'mcps_other', undefined]),
    capabilityName: pick(['search', 'delete', '', undefined]),
    userId: pick([world.person.id, 'usr_other', undefined]),
    keyId: pick(['key_1', 'key_2', undefined]),
    clientName: pick(['editor', 'robot', undefined]),
    totalMs: pick([0, 1, 2, 30, 31, 500, 70_000, undefined]),
    requestBytes: pick([10, 20, undefined]),
    responseBytes: pick([1_000, 2_000, undefined]),
  });
}

interface Question {
  readonly interval: 'MINUTE' | 'HOUR' | 'DAY' | 'ALL';
  readonly groupBy: readonly string[];
  readonly filter?: object;
  readonly sinceMs?: number;
  readonly untilMs?: number;
}

async function ask({ interval, groupBy, filter, sinceMs = startMs, untilMs = startMs + SPAN_MS }: Question, key = world.keys.owner) {
  const query = `query ($organizationId: ID!, $since: DateTimeISO!, $until: DateTimeISO!, $interval: UsageInterval!, $groupBy: [UsageDimension!]!, $filter: InteractionFilter) {
    usage(organizationId: $organizationId, since: $since, until: $until, interval: $interval, groupBy: $groupBy, filter: $filter) {
      start workspaceId mcpServerId capabilityName userId apiKeyId clientName calls errors refusals p50Ms p95Ms p99Ms requestBytes responseBytes
    }
  }`;
  const variables = {
    organizationId: world.organization.id,
    since: new Date(sinceMs),
    until: new Date(untilMs),
    interval,
    groupBy,
    filter,
  };
  const { data, errors } = await plane.send<{ usage: { calls: number }[] }>(key, query, variables);
  expect(errors).toEqual([]);
  return data!.usage.map((point) => JSON.stringify(point)).sort();
}

/** The same question to the events themselves: nothing is counted by the HTTP method, which is the same for all of them. */
function askEvents(question: Question, key?: string) {
  return ask({ ...question, filter: { ...question.filter, httpMethod: 'POST' } }, key);
}

describe('usage that was counted', () => {
  const odd = { sinceMs: startMs + 1_234_567, untilMs: startMs + SPAN_MS - 7_654_321 };
  const questions: [string, Question][] = [
    ['a day', { interval: 'DAY', groupBy: [] }],
    ['hours', { interval: 'HOUR', groupBy: ['WORKSPACE'] }],
    ['parts of hours at both ends', { interval: 'ALL', groupBy: [], ...odd }],
    ['parts of hours, by the hour', { interval: 'HOUR', groupBy: ['CLIENT'], ...odd }],
    ['parts of one hour', { interval: 'ALL', groupBy: [], sinceMs: startMs + 10, untilMs: startMs + HOUR_MS - 10 }],
    ['days by server', { interval: 'DAY', groupBy: ['SERVER'], ...odd }],
    ['everything by tool and server', { interval: 'ALL', groupBy: ['CAPABILITY', 'SERVER'] }],
    ['everything by user and key', { interval: 'ALL', groupBy: ['API_KEY', 'USER'] }],
    ['a workspace by client', { interval: 'DAY', groupBy: ['CLIENT'], filter: { workspaceId: 'ws_other' } }],
    ['a server of a workspace', { interval: 'DAY', groupBy: ['WORKSPACE'], filter: { mcpServerId: 'mcps_other' } }],
    ['minutes', { interval: 'MINUTE', groupBy: [] }],
    ['user and server together', { interval: 'DAY', groupBy: ['USER', 'SERVER'], ...odd }],
    ['a tool', { interval: 'DAY', groupBy: [], filter: { capabilityName: 'search' } }],
  ];

  it.each(questions)('is what the events say: %s', async (_, question) => {
    const counted = await ask(question);
    expect(counted.length).toBeGreaterThan(0);
    expect(counted).toEqual(await askEvents(question));
  });

  it.each(['manager', 'member', 'managerElsewhere'] as const)('is what the events say that each role sees: %s', async (role) => {
    for (const groupBy of [[], ['USER'], ['SERVER']]) {
      const question: Question = { interval: 'DAY', groupBy };
      expect(await ask(question, world.keys[role])).toEqual(await askEvents(question, world.keys[role]));
    }
  });

  it('is what the events say when some came late, before and after they are counted', async () => {
    const late = Array.from({ length: 40 }, makeAny);
    const question: Question = { interval: 'DAY', groupBy: ['SERVER'], ...odd };
    const before = await ask(question);
    await addTraffic(plane.databaseUrl, late);
    const after = await ask(question);
    expect(after).not.toEqual(before);
    expect(after).toEqual(await askEvents(question));
    await count();
    expect(await ask(question)).toEqual(after);
  });

  it('counts what was in the log before there were counts', async () => {
    const question: Question = { interval: 'HOUR', groupBy: ['CAPABILITY', 'SERVER'] };
    const before = await ask(question);
    const migration = new Migration20261130TrafficUsage(undefined as never, undefined as never);
    migration.up();
    await withDatabase(async (client) => {
      await client.query('DROP TRIGGER traffic_usage ON traffic_events');
      await client.query('DROP TABLE traffic_usage, traffic_usage_stale; DROP FUNCTION traffic_mark_usage');
      for (const statement of migration.getQueries()) await client.query(statement as string);
    });
    expect(await ask(question)).toEqual(before);
    await count();
    expect(await ask(question)).toEqual(before);
  });

  it('counts so many names of strangers by themselves, and the others together', async () => {
    const timeMs = startMs - 2 * DAY_MS;
    const names = Array.from({ length: 1_200 }, (_, index) => makeEvent({ timeMs, capabilityName: `invented_${index}` }));
    await addTraffic(plane.databaseUrl, [...names, makeEvent({ timeMs, capabilityName: '\u{1F600}'.repeat(600) })]);
    await count();
    const points = await ask({ interval: 'ALL', groupBy: ['CAPABILITY'], sinceMs: timeMs - HOUR_MS, untilMs: timeMs + HOUR_MS });
    const parsed = points.map((point) => JSON.parse(point) as { capabilityName: string | null; calls: number });
    expect(parsed).toHaveLength(1_001);
    expect(parsed.find(({ capabilityName }) => capabilityName === null)?.calls).toBe(201);
  });

  it('outlives the events', async () => {
    const question: Question = { interval: 'DAY', groupBy: ['USER'] };
    const before = await ask(question);
    await count();
    await withDatabase((client) => client.query('TRUNCATE traffic_events'));
    expect(await ask(question)).toEqual(before);
    expect(await askEvents(question)).toEqual([]);
  });
});

/** As a control plane does every minute; perhaps it is at it. */
function count(): Promise<void> {
  return withDatabase((client) =>
    eventually(async () => {
      await countUsage(client, Date.now(), () => true);
      const { rows } = await client.query(`SELECT FROM traffic_usage_stale WHERE start < now() - interval '30 hours'`);
      expect(rows).toEqual([]);
    }),
  );
}

async function withDatabase<Value>(work: (client: Client) => Promise<Value>): Promise<Value> {
  const client = new Client({ connectionString: plane.databaseUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
