import { describe, expect, it } from 'vitest';
import {
  decodeTrafficEntry,
  encodeTrafficEvent,
  TRAFFIC_BOUNDS,
  TRAFFIC_KEYS,
  TRAFFIC_SHARDS,
  TrafficEventSchema,
  toTrafficEventId,
  toTrafficShard,
  type TrafficEvent,
} from './traffic-event.ts';

const gatewayId = 'dp_0f8fad5b-d9cb-469f-a165-70867728950e';
const event: TrafficEvent = {
  gatewayId,
  sequence: 7,
  timeMs: 1_796_000_000_000,
  kind: 'REQUEST',
  outcome: 'ERROR',
  organizationId: 'org_1',
  workspaceId: 'ws_1',
  serverId: 'mcps_1',
  grantId: 'grant_1',
  callerKind: 'API_KEY',
  userId: 'user_1',
  keyId: 'key_1',
  clientId: 'client_1',
  issuerId: 'ti_1',
  clientName: 'cursor',
  clientVersion: '1.2',
  era: 'LEGACY',
  protocolRevision: '2025-11-25',
  sessionId: 'b1kD0TUsffL6ImL3M8',
  httpMethod: 'POST',
  method: 'tools/call',
  capabilityKind: 'TOOL',
  capabilityName: 'search "all"',
  status: 200,
  decision: 'ALLOWED',
  decidedBy: 'grant',
  ruleId: 'rule_1',
  ruleLevel: 'WORKSPACE',
  limitId: 'lim_1',
  snapshotRevision: 12,
  reason: 'rate_limited',
  errorCode: -32603,
  errorReason: 'internal error',
  connectionId: 'con_1',
  upstreamMs: 3,
  totalMs: 5,
  requestBytes: 100,
  responseBytes: 200,
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  parentSequence: 6,
  droppedCount: 3,
  droppedSinceMs: 1_795_999_999_999,
  payload: { arguments: '{"q":"a\\nb"}', result: '{}', argumentsTruncated: true, redactions: 1 },
};

const entry = (lines: string, format = '1') =>
  new Map([
    ['f', format],
    ['g', gatewayId],
    ['n', '1'],
    ['e', lines],
  ]);

describe('format 1', () => {
  it('carries every field there and back', () => {
    expect(Object.keys(event).toSorted()).toEqual(Object.keys(TrafficEventSchema.shape).toSorted());
    expect(decodeTrafficEntry(entry(encodeTrafficEvent(event)))).toEqual({ ok: true, value: { events: [event], faults: [] } });
  });

  it('has a name of its own for each field', () => {
    expect(new Set(Object.values(TRAFFIC_KEYS)).size).toBe(Object.keys(TRAFFIC_KEYS).length);
  });

  it('reads an event that an earlier release wrote, and ignores what a later one adds', () => {
    const line = '{"i":0,"t":1796000000000,"k":"REFUSAL","o":"REFUSED","st":401,"re":"credential_missing","zz":{"later":true}}';
    expect(decodeTrafficEntry(entry(line))).toEqual({
      ok: true,
      value: {
        events: [
          {
            gatewayId,
            sequence: 0,
            timeMs: 1_796_000_000_000,
            kind: 'REFUSAL',
            outcome: 'REFUSED',
            status: 401,
            reason: 'credential_missing',
          },
        ],
        faults: [],
      },
    });
  });

  it('sets a broken line aside and keeps the others, without repeating what it says', () => {
    const good = encodeTrafficEvent(event);
    const entryOfThree = decodeTrafficEntry(entry([good, '{"i":', '{"i":1,"t":1,"k":"NOPE","o":"COMPLETED"}'].join('\n')));
    expect(entryOfThree).toMatchObject({
      ok: true,
      value: { events: [event], faults: [{ fault: 'not JSON' }, { fault: 'unusable fields: kind' }] },
    });
  });
});

it('an entry of a newer format, without its fields, or with too many events is refused whole', () => {
  expect(decodeTrafficEntry(entry('', '2'))).toEqual({ ok: false, error: 'format 2 is newer than this control plane' });
  expect(decodeTrafficEntry(new Map([['f', '1']]))).toEqual({ ok: false, error: 'fields are missing' });
  const many = Array.from({ length: TRAFFIC_BOUNDS.eventsPerEntry + 1 }, () => '{}').join('\n');
  expect(decodeTrafficEntry(entry(many))).toEqual({ ok: false, error: 'too many events' });
});

it('the id of an event says which event of which process it is, in the order of its events', () => {
  expect(toTrafficEventId(event)).toBe('0f8fad5b-d9cb-469f-a165-000000000007');
  const ids = [0, 9, 10, 255, 256, 2 ** 40].map((sequence) => toTrafficEventId({ gatewayId, sequence }));
  expect(ids.toSorted()).toEqual(ids);
});

it('a process always reports to the same stream', () => {
  expect(toTrafficShard(gatewayId)).toBe(0x950e % TRAFFIC_SHARDS);
});
