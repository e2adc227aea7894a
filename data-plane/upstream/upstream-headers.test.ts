import { describe, expect, it } from 'vitest';
import { toClientHeaders, toUpstreamHeaders } from './upstream-headers.ts';

function pairs(flat: readonly string[]): Record<string, string> {
  return Object.fromEntries(flat.flatMap((part, i) => (i % 2 === 0 ? [[part, flat[i + 1]!]] : [])));
}

describe('toUpstreamHeaders', () => {
  it('passes what the protocol needs and nothing that was meant for the gateway', () => {
    const raw = [
      'Authorization', 'Bearer slc_secret', 'x-sluice-api-key', 'slc_secret', 'Cookie', 'a=1', 'Host', 'gw', 'Origin', 'https://a.example',
      'Connection', 'keep-alive, x-hop', 'X-Hop', '1', 'X-Forwarded-For', '1.2.3.4', 'Mcp-Session-Id', 'sealed', 'DPoP', 'proof', 'Transfer-Encoding', 'chunked',
      'Accept', 'application/json', 'Content-Type', 'application/json', 'MCP-Protocol-Version', '2026-07-28', 'Mcp-Method', 'tools/call', 'Mcp-Name', 'add',
      'Mcp-Param-Region', 'eu', 'Last-Event-ID', '5', 'traceparent', 'checked elsewhere', 'baggage', 'a=b',
    ]; // prettier-ignore
    expect(pairs(toUpstreamHeaders(raw, undefined, [], ['traceparent', '00-1-2-01']))).toEqual({
      'accept-encoding': 'identity',
      accept: 'application/json',
      'content-type': 'application/json',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'add',
      'mcp-param-region': 'eu',
      'last-event-id': '5',
      traceparent: '00-1-2-01',
    });
  });

  it('adds the upstream session and the stored credential', () => {
    const headers = pairs(toUpstreamHeaders([], 'upstream-1', ['authorization', 'Bearer stored'], []));
    expect(headers).toMatchObject({ 'mcp-session-id': 'upstream-1', authorization: 'Bearer stored' });
  });
});

describe('toClientHeaders', () => {
  it('keeps what describes the body and drops what belongs to the upstream', () => {
    const headers = {
      'content-type': 'application/json',
      'content-length': '2',
      'mcp-session-id': 'upstream-1',
      'set-cookie': ['a=1'],
      'www-authenticate': 'Bearer',
      'access-control-allow-origin': '*',
      server: 'x',
      'x-powered-by': 'y',
      'alt-svc': 'h3',
      'transfer-encoding': 'chunked',
      connection: 'close',
    };
    expect(pairs(toClientHeaders(headers))).toEqual({ 'content-type': 'application/json', 'content-length': '2' });
  });
});
