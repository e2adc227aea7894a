import { describe, expect, it } from 'vitest';
import { findNameFault, findValueFault, MAX_NAME_LENGTH, MAX_VALUE_LENGTH } from './header-rules.ts';

describe('findNameFault', () => {
  it.each(['Authorization', 'X-Api-Key', 'cookie', 'x-forwarded-user', 'User-Agent'])('accepts %s', (name) => {
    expect(findNameFault(name)).toBeUndefined();
  });

  it.each([
    'Host', 'Content-Length', 'content-type', 'ACCEPT', 'Connection', 'Keep-Alive', 'TE', 'Trailer', 'Transfer-Encoding', 'Upgrade',
    'Proxy-Authorization', 'proxy-connection', 'Mcp-Session-Id', 'MCP-Protocol-Version', 'mcp-param-city', 'x-sluice-api-key',
    'Last-Event-ID', 'traceparent', 'Accept-Encoding', 'Expect',
  ])('refuses %s, which the gateway decides', (name) => {
    expect(findNameFault(name)).toMatch(/gateway sets itself/);
  }); // prettier-ignore

  it.each(['', 'X Api Key', 'X-Key:', 'X-Key\r\nHost', ':authority', 'Ключ', 'x\0'])('refuses %j, which is no header name', (name) => {
    expect(findNameFault(name)).toMatch(/must be a header name/);
  });

  it('refuses a name that is too long', () => {
    expect(findNameFault('x'.repeat(MAX_NAME_LENGTH))).toBeUndefined();
    expect(findNameFault('x'.repeat(MAX_NAME_LENGTH + 1))).toMatch(/at most/);
  });
});

describe('findValueFault', () => {
  it.each(['x', 'Bearer abc.def', 'a\tb', '~!@#'])('accepts %j', (value) => {
    expect(findValueFault(value)).toBeUndefined();
  });

  it.each(['', ' x', 'x ', 'a\r\nX-Evil: 1', 'a\nb', 'a\0b', 'naïve', 'a\x7f'])('refuses %j', (value) => {
    expect(findValueFault(value)).toMatch(/visible ASCII/);
  });

  it('refuses a value that is too long', () => {
    expect(findValueFault('x'.repeat(MAX_VALUE_LENGTH))).toBeUndefined();
    expect(findValueFault('x'.repeat(MAX_VALUE_LENGTH + 1))).toMatch(/at most/);
  });

  it('does not repeat the value', () => {
    expect(findValueFault('top-secret\n')).not.toContain('top-secret');
  });
});
