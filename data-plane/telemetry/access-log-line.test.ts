import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { openLogger } from '../../foundation/logger.ts';
import { Exchange } from '../request/exchange.ts';
import type { Target } from '../request/target.ts';
import { RoutedWorkspace } from '../snapshot/routed-workspace.ts';
import { writeAccessLogLine } from './access-log-line.ts';
import { ChunkPool } from './chunk-pool.ts';
import { LineBuffer } from './line-buffer.ts';

const NOW_MS = Date.UTC(2026, 10, 23, 4, 5, 6, 789);

function finishedExchange(): Exchange {
  const req = new IncomingMessage(new Socket());
  req.method = 'POST';
  const exchange = new Exchange(req, new ServerResponse(req), NOW_MS - 12);
  exchange.names = { workspace: 'team', server: 'records' };
  return exchange;
}

function toAccessLogLine(exchange: Exchange, nowMs: number, durationMs: number): string {
  const lines = new LineBuffer(new ChunkPool(64)); // the line is longer
  writeAccessLogLine(lines, exchange, nowMs, durationMs);
  return lines.read(0);
}

function targetOf(serverId: string): Target {
  const route = { slug: serverId, serverId, grantId: `grant_${serverId}`, defaultUserAccess: 'ALLOW' as const };
  const server = {
    kind: 'server' as const,
    id: serverId,
    slug: serverId,
    name: serverId,
    organizationId: 'org_1',
    upstreamUrl: 'https://example.com/mcp',
    transport: 'STREAMABLE_HTTP' as const,
    authentication: 'NONE' as const,
    granularity: 'ORGANIZATION' as const,
    maxRequestBytes: 1_000,
  };
  const workspace = new RoutedWorkspace({
    kind: 'workspace',
    id: 'ws_1',
    slug: 'team',
    organizationId: 'org_1',
    routes: [route],
    keys: [],
    members: [],
  });
  return { workspace, route, server };
}

describe('writeAccessLogLine', () => {
  it('has the fields that every log line has, in the same form', () => {
    const lines: string[] = [];
    openLogger({ service: 'data-plane', level: 'info' }, { write: (line) => void lines.push(line) }).info({ event: 'request' });
    const general = JSON.parse(lines[0]!) as Record<string, unknown>;
    const own = JSON.parse(toAccessLogLine(finishedExchange(), NOW_MS, 12)) as Record<string, unknown>;
    expect(Object.keys(own).slice(0, 5)).toEqual(Object.keys(general));
    expect(own).toMatchObject({ ...general, time: '2026-11-23T04:05:06.789Z' });
  });

  it('says who called what and how it ended, and leaves out what there was not', () => {
    const exchange = finishedExchange();
    exchange.caller = { kind: 'API_KEY', id: 'user:usr_1', keyId: 'key_1', lookup: 'x', subject: { kind: 'USER', userId: 'usr_1' } };
    exchange.message = { kind: 'request', era: 'legacy', method: 'tools/call', id: 1, name: 'find' };
    exchange.upstreamMs = 10;
    exchange.requestBytes = 200;
    exchange.responseBytes = 1_024;
    const line = toAccessLogLine(exchange, NOW_MS, 12);
    expect(line.endsWith('}\n')).toBe(true);
    const { level, time, service, pid, traceId, ...facts } = JSON.parse(line) as Record<string, unknown>;
    expect({ level, service, pid }).toEqual({ level: 'info', service: 'data-plane', pid: process.pid });
    expect(time).toBe('2026-11-23T04:05:06.789Z');
    expect(traceId).toBe(exchange.trace.traceId);
    expect(facts).toEqual({
      event: 'request',
      http: 'POST',
      workspace: 'team',
      server: 'records',
      key: 'key_1',
      user: 'usr_1',
      era: 'legacy',
      method: 'tools/call',
      status: 200,
      outcome: 'completed',
      ms: 12,
      upstreamMs: 10,
      requestBytes: 200,
      responseBytes: 1_024,
    });
  });

  it('names the client of a token, and what is wrong with one that is refused', () => {
    const exchange = finishedExchange();
    const person = { id: 'user:usr_1', subject: { kind: 'USER' as const, userId: 'usr_1' } };
    exchange.caller = { kind: 'ACCESS_TOKEN', ...person, clientId: 'editor', consentId: 'cons_1', claims: { sub: 'usr_1' } };
    expect(JSON.parse(toAccessLogLine(exchange, NOW_MS, 1))).toMatchObject({ client: 'editor', user: 'usr_1' });
    exchange.rejection = { reason: 'token_invalid', fault: 'audience' };
    expect(JSON.parse(toAccessLogLine(exchange, NOW_MS, 1))).toMatchObject({ reason: 'token_invalid', fault: 'audience' });
  });

  it('names the rule or the limit that refused', () => {
    const exchange = finishedExchange();
    const error = { code: -32602, message: 'Unknown tool: drop_table' };
    exchange.rejection = { reason: 'capability_hidden', error, ruleId: 'rule_1', refusal: 'renamed_away' };
    const line = toAccessLogLine(exchange, NOW_MS, 1);
    expect(JSON.parse(line)).toMatchObject({ reason: 'capability_hidden', rule: 'rule_1' });
    expect(line).not.toContain('drop_table');
    exchange.rejection = { reason: 'rate_limited', limitId: 'lim_1', maxRequests: 1, windowMs: 1_000, retryAfterMs: 1 };
    expect(JSON.parse(toAccessLogLine(exchange, NOW_MS, 1))).toMatchObject({ reason: 'rate_limited', limit: 'lim_1' });
  });

  it('tells servers apart that one caller uses in turn', () => {
    const caller = { id: 'key:key_1', keyId: 'key_1', subject: { kind: 'SERVICE' as const } };
    const [first, second] = ['mcps_1', 'mcps_2'].map((id) => targetOf(id));
    const servers = [first, second, second, first].map((target) => {
      const exchange = finishedExchange();
      Object.assign(exchange, { caller, target });
      return (JSON.parse(toAccessLogLine(exchange, NOW_MS, 1)) as { server: string }).server;
    });
    expect(servers).toEqual(['mcps_1', 'mcps_2', 'mcps_2', 'mcps_1']);
  });

  it('stays one line and one object whatever a client calls its method', () => {
    const exchange = finishedExchange();
    const method = 'x","outcome":"forged"}\n{"event":"request"';
    exchange.message = { kind: 'request', era: 'legacy', method, id: 1, name: undefined };
    const line = toAccessLogLine(exchange, NOW_MS, 1);
    expect(line.indexOf('\n')).toBe(line.length - 1);
    expect(JSON.parse(line)).toMatchObject({ method, outcome: 'completed' });
  });

  it('names an upstream failure by its code and never by its message', () => {
    const exchange = finishedExchange();
    const cause = Object.assign(new Error('token abc was refused'), { code: 'ECONNRESET' });
    exchange.rejection = { reason: 'upstream_unreachable', cause };
    const line = toAccessLogLine(exchange, NOW_MS, 1);
    expect(JSON.parse(line)).toMatchObject({ reason: 'upstream_unreachable', code: 'ECONNRESET' });
    expect(line).not.toContain('token');
  });
});
