import { describe, expect, it } from 'vitest';
import { toChart, toRange, toRows } from './usage-view.ts';

const NOON = Date.parse('2026-03-04T12:34:56Z');

describe('usage over time', () => {
  it('covers whole parts up to and with the present one', () => {
    expect(toRange('day', NOON)).toMatchObject({ since: '2026-03-03T13:00:00.000Z', until: '2026-03-04T13:00:00.000Z', interval: 'HOUR' });
    expect(toRange('month', NOON)).toMatchObject({ since: '2026-02-03T00:00:00.000Z', until: '2026-03-05T00:00:00.000Z', interval: 'DAY' });
  });

  it('has a point for each part, also where nobody called', () => {
    const range = toRange('day', NOON);
    const chart = toChart([{ start: '2026-03-04T12:00:00.000Z', calls: 9, errors: 2, refusals: 1, p50Ms: 3, p95Ms: 8 }], range);
    expect(chart).toHaveLength(24);
    expect(chart.at(-1)).toMatchObject({ completed: 6, errors: 2, refusals: 1, p50Ms: 3 });
    expect(chart[0]).toMatchObject({ completed: 0, errors: 0, p50Ms: null });
  });

  it('names what is known, busiest first, and keeps what is gone', () => {
    const nothing = { apiKeyId: null, capabilityName: null, clientName: null, mcpServerId: null, userId: null, workspaceId: null };
    const counted = { ...nothing, calls: 1, errors: 0, refusals: 0, p50Ms: null, p95Ms: null, requestBytes: 0, responseBytes: 0 };
    const rows = toRows(
      [
        { ...counted, mcpServerId: 'mcps_gone' },
        { ...counted, mcpServerId: 'mcps_docs', calls: 5 },
        { ...counted, mcpServerId: null },
      ],
      'SERVER',
      {
        organization: {
          id: 'org_1',
          mcpServers: { nodes: [{ id: 'mcps_docs', name: 'Docs' }] },
          workspaces: { nodes: [] },
          users: { nodes: [] },
          apiKeys: { nodes: [] },
        },
      },
    );
    expect(rows.map(({ name }) => name)).toEqual(['Docs', 'mcps_gone', 'No server']);
  });
});
