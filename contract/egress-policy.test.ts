import { describe, expect, it } from 'vitest';
import { ConfigError } from '../foundation/read-config.ts';
import { EgressPolicy, MAX_URL_LENGTH } from './egress-policy.ts';

const strict = EgressPolicy.parse('');

function refusal(policy: EgressPolicy, url: string): string {
  const checked = policy.checkUrl(url);
  return checked.ok ? 'ok' : checked.error.reason;
}

describe('a URL before DNS', () => {
  it.each(['https://mcp.example.com/mcp', 'http://mcp.example.com', 'https://8.8.8.8/mcp', 'https://[2606:4700::1111]/'])(
    'may be %s',
    (url) => {
      expect(refusal(strict, url)).toBe('ok');
    },
  );

  it.each([
    ['', 'not_a_url'],
    ['/mcp', 'not_a_url'],
    ['https://', 'not_a_url'],
    [`https://example.com/${'a'.repeat(MAX_URL_LENGTH)}`, 'not_a_url'],
    ['ftp://example.com', 'scheme_not_allowed'],
    ['file:///etc/passwd', 'scheme_not_allowed'],
    ['javascript:alert(1)', 'scheme_not_allowed'],
    ['https://user:pass@example.com', 'credentials_in_url'],
    ['https://user@example.com', 'credentials_in_url'],
  ])('is refused as %s', (url, reason) => {
    expect(refusal(strict, url)).toBe(reason);
  });

  it.each([
    'http://127.0.0.1/mcp',
    'http://localhost:3000',
    'http://LOCALHOST.',
    'http://api.localhost',
    'http://0.0.0.0',
    'http://127.1', // the short form of 127.0.0.1
    'http://2130706433', // its decimal form
    'http://0x7f.0.0.1',
    'http://017700000001',
    'http://[::1]',
    'http://[::]',
    'http://[::ffff:127.0.0.1]',
    'http://[::ffff:7f00:1]',
    'http://[::127.0.0.1]',
    'http://[64:ff9b::a9fe:a9fe]', // NAT64 of the metadata address
    'http://[2002:7f00:1::]', // 6to4 of loopback
    'http://10.0.0.1',
    'http://172.31.255.255',
    'http://192.168.1.1',
    'http://100.64.0.1',
    'http://169.254.169.254/latest/meta-data',
    'http://[fd00:ec2::254]',
    'http://[fe80::1]',
    'http://224.0.0.1',
    'http://255.255.255.255',
  ])('is refused as %s, which is not on the public internet', (url) => {
    expect(refusal(strict, url)).toBe('address_not_allowed');
  });
});

describe('an address after DNS', () => {
  it.each(['127.0.0.1', '::1', '169.254.169.254', '10.1.2.3', 'fd12::1', '::ffff:10.0.0.1', '::ffff:a9fe:a9fe'])(
    'is refused as %s, whatever the name',
    (address) => {
      expect(strict.isAllowed('innocent.example.com', address)).toBe(false);
    },
  );

  it.each(['8.8.8.8', '172.32.0.1', '2606:4700:4700::1111', '::ffff:8.8.8.8'])('is fine as %s', (address) => {
    expect(strict.isAllowed('mcp.example.com', address)).toBe(true);
  });

  it.each(['', 'mcp.example.com', '127.0.0.1.nip.io'])('is refused as "%s", which is none', (address) => {
    expect(strict.isAllowed('mcp.example.com', address)).toBe(false);
  });
});

describe('what the operator allows', () => {
  it('is a range by name', () => {
    const loopback = EgressPolicy.parse('loopback');
    expect(refusal(loopback, 'http://localhost:3000')).toBe('ok');
    expect(refusal(loopback, 'http://[::1]')).toBe('ok');
    expect(refusal(loopback, 'http://10.0.0.1')).toBe('address_not_allowed');
    expect(EgressPolicy.parse('private').isAllowed('a', '10.0.0.1')).toBe(true);
    expect(EgressPolicy.parse('private').isAllowed('a', 'fd00::1')).toBe(true);
  });

  it('is never the metadata service, unless it is named by address', () => {
    expect(EgressPolicy.parse('loopback,private').isAllowed('a', '169.254.169.254')).toBe(false);
    expect(EgressPolicy.parse('169.254.169.254').isAllowed('a', '169.254.169.254')).toBe(true);
  });

  it('is a range or an address', () => {
    const policy = EgressPolicy.parse(' 10.20.0.0/16 , fd00::/8, 192.168.1.7');
    expect(policy.isAllowed('a', '10.20.3.4')).toBe(true);
    expect(policy.isAllowed('a', '10.21.0.1')).toBe(false);
    expect(policy.isAllowed('a', 'fd12::1')).toBe(true);
    expect(policy.isAllowed('a', '192.168.1.7')).toBe(true);
    expect(policy.isAllowed('a', '192.168.1.8')).toBe(false);
    expect(policy.isAllowed('a', '::ffff:10.20.3.4')).toBe(true);
  });

  it('is a host, or every host below a domain', () => {
    const policy = EgressPolicy.parse('MCP.internal,*.corp.example');
    expect(policy.isAllowed('mcp.internal', '10.0.0.1')).toBe(true);
    expect(policy.isAllowed('MCP.INTERNAL.', '10.0.0.1')).toBe(true);
    expect(policy.isAllowed('a.b.corp.example', '10.0.0.1')).toBe(true);
    expect(policy.isAllowed('corp.example', '10.0.0.1')).toBe(false);
    expect(policy.isAllowed('evilcorp.example', '10.0.0.1')).toBe(false);
    expect(policy.isAllowed('mcp.internal.evil.example', '10.0.0.1')).toBe(false);
  });

  it.each(['http://a.example', '10.0.0.0/33', '10.0.0.0/8/8', 'a b', '*', '::1/129', '*.*.example'])('is not "%s"', (entry) => {
    expect(() => EgressPolicy.parse(entry)).toThrow(ConfigError);
    expect(() => EgressPolicy.parse(entry)).toThrow('SLUICE_EGRESS_ALLOW');
  });
});
