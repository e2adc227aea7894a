import { describe, expect, it } from 'vitest';
import { decodeHeaderValue } from './message.ts';
import { encodeHeaderValue, META, toModernHeaders, toModernParams } from './modern-envelope.ts';

describe('encodeHeaderValue', () => {
  it.each(['search', 'a b', 'file:///x?y=%20', 'x'])('leaves %j as it is', (text) => expect(encodeHeaderValue(text)).toBe(text));

  it.each(['', ' a', 'a ', 'Zürich', 'a\nb', '=?base64?YQ==?=', '漢'])('encodes %j so that it decodes to itself', (text) => {
    expect(encodeHeaderValue(text)).toMatch(/^=\?base64\?[A-Za-z0-9+/]*={0,2}\?=$/);
    expect(decodeHeaderValue(encodeHeaderValue(text))).toBe(text);
  });
});

describe('the envelope', () => {
  const sender = { clientInfo: { name: 'c', version: '1' }, capabilities: { roots: {} } };

  it('lies around what the parameters carry, and cannot be set by them', () => {
    const params = { name: 'x', _meta: { progressToken: 7, [META.protocolVersion]: '1999-01-01' } };
    expect(toModernParams(params, sender)).toEqual({
      name: 'x',
      _meta: {
        progressToken: 7,
        [META.protocolVersion]: '2026-07-28',
        [META.clientInfo]: sender.clientInfo,
        [META.clientCapabilities]: sender.capabilities,
      },
    });
  });

  it('names a log level only where one is wanted', () => {
    expect(toModernParams(undefined, { ...sender, logLevel: 'error' })['_meta']).toMatchObject({ [META.logLevel]: 'error' });
    expect(toModernParams(undefined, sender)['_meta']).not.toHaveProperty([META.logLevel]);
  });

  it('repeats method and name in headers', () => {
    const headers = toModernHeaders('tools/call', 'größe');
    expect(headers[headers.indexOf('mcp-method') + 1]).toBe('tools/call');
    expect(decodeHeaderValue(headers[headers.indexOf('mcp-name') + 1]!)).toBe('größe');
    expect(toModernHeaders('tools/list', undefined)).not.toContain('mcp-name');
  });
});
