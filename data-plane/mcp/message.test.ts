import { classifyInboundRequest } from '@modelcontextprotocol/server';
import { describe, expect, it } from 'vitest';
import { decodeHeaderValue, parseMessage, type MessageHeaders } from './message.ts';

const NO_HEADERS: MessageHeaders = { protocolVersion: undefined, method: undefined, name: undefined };
const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};

function parse(body: unknown, headers: Partial<MessageHeaders> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return parseMessage(Buffer.from(text), { ...NO_HEADERS, ...headers });
}

function call(overrides: object = {}) {
  return { jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name: 'add', arguments: {}, _meta: META, ...overrides } };
}

const MODERN_HEADERS: MessageHeaders = { protocolVersion: '2026-07-28', method: 'tools/call', name: 'add' };

describe('parseMessage', () => {
  it('takes the era from the body', () => {
    expect(parse(call(), MODERN_HEADERS)).toMatchObject({
      ok: true,
      value: { era: 'modern', kind: 'request', method: 'tools/call', name: 'add', id: 7 },
    });
    expect(parse(call({ _meta: undefined }))).toMatchObject({ ok: true, value: { era: 'legacy', kind: 'request' } });
    expect(parse({ jsonrpc: '2.0', id: 1, method: 'initialize', params: {} })).toMatchObject({ ok: true, value: { era: 'legacy' } });
  });

  it('tells notifications, responses and batches apart', () => {
    expect(parse({ jsonrpc: '2.0', method: 'notifications/initialized' })).toMatchObject({
      ok: true,
      value: { kind: 'notification', era: 'legacy' },
    });
    expect(parse({ jsonrpc: '2.0', id: 1, result: {} })).toMatchObject({ ok: true, value: { kind: 'response', id: 1 } });
    expect(parse([{ jsonrpc: '2.0', id: 1, method: 'ping' }])).toMatchObject({ ok: true, value: { kind: 'batch' } });
  });

  it('refuses what is not JSON or not JSON-RPC', () => {
    expect(parse('{')).toMatchObject({ ok: false, error: { reason: 'json_invalid' } });
    for (const body of [
      1,
      'null',
      {},
      { jsonrpc: '2.0' },
      { jsonrpc: '1.0', id: 1, method: 'ping' },
      { jsonrpc: '2.0', id: {}, method: 'ping' },
      { jsonrpc: '2.0', id: 1, method: 'ping', params: [] },
    ]) {
      expect(parse(body), JSON.stringify(body)).toMatchObject({ ok: false, error: { reason: 'message_invalid' } });
    }
  });

  it('refuses empty, oversized and mixed batches', () => {
    const ping = { jsonrpc: '2.0', id: 1, method: 'ping' };
    for (const batch of [[], Array.from({ length: 101 }, () => ping), [ping, call()], [ping, 5], [ping, { jsonrpc: '2.0', id: 3 }]]) {
      expect(parse(batch)).toMatchObject({ ok: false, error: { reason: 'message_invalid' } });
    }
  });

  it('refuses headers that contradict the body, with the id of the request', () => {
    const cases: Partial<MessageHeaders>[] = [
      { ...MODERN_HEADERS, name: 'delete_everything' },
      { ...MODERN_HEADERS, name: undefined },
      { ...MODERN_HEADERS, method: 'tools/list' },
      { ...MODERN_HEADERS, method: undefined },
      { ...MODERN_HEADERS, protocolVersion: '2025-11-25' },
      { ...MODERN_HEADERS, protocolVersion: undefined },
      { ...MODERN_HEADERS, name: '=?base64?!!!?=' },
    ];
    for (const headers of cases) {
      expect(parse(call(), headers), JSON.stringify(headers)).toMatchObject({ ok: false, error: { reason: 'header_mismatch', id: 7 } });
    }
  });

  it('names the envelope keys that a modern request lacks', () => {
    const missing = parse({ jsonrpc: '2.0', id: 7, method: 'tools/list' }, { protocolVersion: '2026-07-28', method: 'tools/list' });
    expect(missing).toMatchObject({ ok: false, error: { reason: 'envelope_invalid', id: 7 } });
    expect(parse(call({ _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } }), MODERN_HEADERS)).toMatchObject({
      ok: false,
      error: { reason: 'envelope_invalid' },
    });
  });

  it('never echoes what was sent', () => {
    const answer = parse(call({ _meta: { ...META, 'io.modelcontextprotocol/protocolVersion': 'x'.repeat(10_000) } }), MODERN_HEADERS);
    expect(JSON.stringify(answer).length).toBeLessThan(300);
  });

  it('decides as the public SDK does', () => {
    const bodies: unknown[] = [
      call(),
      call({ _meta: undefined }),
      call({ _meta: {} }),
      call({ _meta: { ...META, 'io.modelcontextprotocol/protocolVersion': 5 } }),
      call({ _meta: { ...META, 'io.modelcontextprotocol/clientCapabilities': undefined } }),
      {
        jsonrpc: '2.0',
        id: 1,
        method: 'initialize',
        params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'a', version: '1' } },
      },
      { jsonrpc: '2.0', id: 1, method: 'initialize', params: { _meta: META } },
      { jsonrpc: '2.0', id: 'a', method: 'server/discover', params: { _meta: META } },
      { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } },
      { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1, _meta: META } },
      { jsonrpc: '2.0', id: 1, result: {} },
      { jsonrpc: '2.0', id: 1, error: { code: 1, message: 'no' } },
      [],
      [call()],
      [{ jsonrpc: '2.0', id: 1, method: 'ping' }],
      {},
      'text',
    ];
    const headerSets: Partial<MessageHeaders>[] = [
      {},
      MODERN_HEADERS,
      { protocolVersion: '2025-11-25' },
      { protocolVersion: '2026-07-28' },
      { ...MODERN_HEADERS, method: 'tools/list' },
    ];
    let compared = 0;
    for (const body of bodies) {
      for (const headers of headerSets) {
        const expected = classifyInboundRequest({
          httpMethod: 'POST',
          body,
          ...(headers.protocolVersion !== undefined && { protocolVersionHeader: headers.protocolVersion }),
          ...(headers.method !== undefined && { mcpMethodHeader: headers.method }),
          ...(headers.name !== undefined && { mcpNameHeader: headers.name }),
        });
        const actual = parse(JSON.stringify(body), headers);
        // Missing headers are a later rung of the ladder, which the SDK keeps in another function.
        if (!actual.ok && actual.error.reason === 'header_mismatch' && expected.kind === 'modern') continue;
        compared++;
        const label = `${JSON.stringify(body)} with ${JSON.stringify(headers)}`;
        if (expected.kind === 'modern' || expected.kind === 'legacy') expect(actual.ok && actual.value.era, label).toBe(expected.kind);
        else expect(actual.ok, label).toBe(false);
      }
    }
    expect(compared).toBeGreaterThan(60);
  });
});

describe('decodeHeaderValue', () => {
  it('undoes the Base64 form and leaves everything else', () => {
    expect(decodeHeaderValue('plain')).toBe('plain');
    expect(decodeHeaderValue(`=?base64?${Buffer.from('größe').toString('base64')}?=`)).toBe('größe');
    expect(decodeHeaderValue('=?BASE64?YQ==?=')).toBe('=?BASE64?YQ==?=');
    expect(decodeHeaderValue('=?base64?a?=')).toBeUndefined();
  });
});
