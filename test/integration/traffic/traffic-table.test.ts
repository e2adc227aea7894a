import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toTrafficEventId, type TrafficEvent } from '../../../contract/traffic-event.ts';
import { makeTrafficPartitions, toLoggedEvent, writeTrafficEvents } from '../../../control-plane/traffic/index.ts';
import { dropTrafficPartitions, listTrafficPartitions } from '../../../control-plane/traffic/traffic-partitions.ts';
import type { TestDatabase } from '../../support/postgres-admin.ts';
import { createTestDatabase } from '../../support/test-database.ts';

const NOON_MS = Date.parse('2026-11-30T12:00:00Z');
const DAY_MS = 86_400_000;
const gatewayId = 'dp_0f8fad5b-d9cb-469f-a165-70867728950e';

let database: TestDatabase;
let client: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new Client({ connectionString: database.url });
  await client.connect();
  await makeTrafficPartitions(client, NOON_MS - 2 * DAY_MS, NOON_MS + DAY_MS);
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

function call(sequence: number, more: Partial<TrafficEvent> = {}): TrafficEvent {
  const event = { gatewayId, sequence, timeMs: NOON_MS + sequence, kind: 'REQUEST', outcome: 'COMPLETED', ...more } as const;
  return { organizationId: 'org_1', workspaceId: 'ws_1', serverId: 'mcps_1', method: 'tools/call', ...event };
}

async function write(events: readonly TrafficEvent[]): Promise<number> {
  await client.query('BEGIN');
  const added = await writeTrafficEvents(client, events);
  await client.query('COMMIT');
  return added;
}

it('an event that is delivered again, also beside others, is kept once and as it was first', async () => {
  expect(await write([call(1), call(2)])).toBe(2);
  expect(await write([call(2, { outcome: 'FAILED' }), call(3)])).toBe(1);
  const { rows } = await client.query('SELECT sequence::int, outcome FROM traffic_events ORDER BY sequence');
  expect(rows).toEqual([1, 2, 3].map((sequence) => ({ sequence, outcome: 'COMPLETED' })));
});

it('every field comes back as it was reported, whatever characters it has', async () => {
  const event = call(10, {
    parentSequence: 9,
    capabilityKind: 'RESOURCE',
    capabilityName: 'a\tb\\N\nc\r"d" ü \u{1F600}',
    status: 200,
    errorCode: -32603,
    snapshotRevision: 2 ** 40,
    droppedCount: 3,
    droppedSinceMs: NOON_MS - 5,
    traceId: '0af7651916cd43dd8448eb211c80319c',
    payload: { arguments: '{"a":"\\u0000\0"}', redactions: 2, argumentsTruncated: true },
  });
  await write([event]);
  const { payload, ...kept } = event;
  const { rows } = await client.query('SELECT * FROM traffic_events WHERE sequence = 10');
  expect(toLoggedEvent(rows[0])).toEqual({ ...kept, id: toTrafficEventId(event), hasPayload: true });
  const { rows: payloads } = await client.query('SELECT * FROM traffic_payloads WHERE event_id = $1', [toTrafficEventId(event)]);
  expect(payloads).toMatchObject([
    {
      organization_id: 'org_1',
      arguments: payload?.arguments?.replace('\0', '\uFFFD'),
      result: null,
      arguments_truncated: true,
      result_truncated: false,
      redactions: 2,
    },
  ]);
});

it('a name that an index has no room for is cut, and keeps nobody out of the log', async () => {
  const name = String.fromCodePoint(...Array.from({ length: 1_000 }, (_, index) => 0x1_0000 + ((index * 7_919) % 60_000)));
  expect(await write([call(15, { capabilityName: name }), call(16)])).toBe(2);
  const { rows } = await client.query('SELECT capability_name AS kept FROM traffic_events WHERE sequence = 15');
  expect(rows).toEqual([{ kept: name.slice(0, 1_000) }]);
});

it('days are made once, also by two at a time, and go whole', async () => {
  const other = new Client({ connectionString: database.url });
  await other.connect();
  await Promise.all([client, other].map((sql) => makeTrafficPartitions(sql, NOON_MS - 3 * DAY_MS, NOON_MS + 3 * DAY_MS)));
  await other.end();
  await write([call(20, { timeMs: NOON_MS - 2 * DAY_MS })]);
  const cutoff = NOON_MS - DAY_MS;
  expect(await dropTrafficPartitions(client, 'traffic_events', cutoff)).toEqual(['traffic_events_p20261127', 'traffic_events_p20261128']);
  const left = await listTrafficPartitions(client);
  expect(left.filter(({ table }) => table === 'traffic_events').map(({ startMs }) => new Date(startMs).getUTCDate())).toEqual([
    29, 30, 1, 2, 3,
  ]);
  expect(left.filter(({ table }) => table === 'traffic_payloads')).toHaveLength(7);
  expect((await client.query('SELECT FROM traffic_events WHERE sequence = 20')).rows).toEqual([]);
});

describe('the newest page', () => {
  const ROWS = 20_000;

  beforeAll(async () => {
    await client.query(`
      INSERT INTO traffic_events (occurred_at, id, gateway_id, sequence, kind, outcome, organization_id, workspace_id, server_id, user_id, session_id, method, capability_name, rule_id)
      SELECT '2026-11-30T00:00:00Z'::timestamptz + n * interval '1 s', gen_random_uuid(), '${gatewayId.slice(3)}', n, 'REQUEST',
        CASE WHEN n % 50 = 0 THEN 'ERROR' ELSE 'COMPLETED' END, 'org_1', 'ws_1', 'mcps_1', 'user_' || n % 500, 's' || n % 500, 'tools/call', 'tool' || n % 500,
        CASE WHEN n % 500 = 0 THEN 'rule_7' END
      FROM generate_series(1, ${ROWS}) n`);
    await client.query('ANALYZE traffic_events');
  });

  it.each([
    ['everything', 'true', 'pkey'],
    ['an organization', `organization_id = 'org_1'`, '(organization_id|pkey)'],
    ['a person', `user_id = 'user_7'`, 'user_id'],
    ['a session', `session_id = 's7'`, 'session_id'],
    ['a tool', `organization_id = 'org_1' AND capability_name = 'tool7'`, 'capability_name'],
    ['refusals by a rule', `rule_id = 'rule_7'`, 'rule_id'],
    ['what failed', `organization_id = 'org_1' AND outcome <> 'COMPLETED' AND outcome = 'ERROR'`, 'outcome'],
  ])('of %s is read from an index', async (_, filter, index) => {
    const { rows } = await client.query(
      `EXPLAIN SELECT * FROM traffic_events WHERE ${filter} AND (occurred_at, id) < ($1, $2) AND occurred_at <= $1
       ORDER BY occurred_at DESC, id DESC LIMIT 51`,
      [new Date(NOON_MS), toTrafficEventId(call(7))],
    );
    const plan = rows.map((row: Record<string, unknown>) => row['QUERY PLAN']).join('\n');
    expect(plan).toMatch(new RegExp(`Index Scan.* traffic_events_p20261130_\\w*${index}`));
    expect(plan).not.toMatch(/Seq Scan on traffic_events_p20261130/);
  });
});
