import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { PeerPolicy } from './check-peer.ts';

function refusal(gatewayUrl: string, headers: Record<string, string>, allowed: { hosts?: string[]; origins?: string[] } = {}) {
  const policy = new PeerPolicy({ gatewayUrl, allowedHosts: allowed.hosts ?? [], allowedOrigins: allowed.origins ?? [] });
  return policy.findRefusal({ headers } as unknown as IncomingMessage)?.reason;
}

describe('PeerPolicy', () => {
  it('answers for its own host, for loopback and for what the operator names', () => {
    expect(refusal('https://gw.example', { host: 'gw.example' })).toBeUndefined();
    expect(refusal('https://gw.example', { host: 'GW.example:8443' })).toBeUndefined();
    expect(refusal('http://localhost:4100', { host: '[::1]:4100' })).toBeUndefined();
    expect(refusal('https://gw.example', { host: 'data-plane:4100' }, { hosts: ['data-plane'] })).toBeUndefined();
    expect(refusal('https://gw.example', { host: 'anything' }, { hosts: ['*'] })).toBeUndefined();
  });

  it('refuses a rebound name', () => {
    expect(refusal('http://localhost:4100', { host: 'evil.example.com' })).toBe('host_not_allowed');
    expect(refusal('http://localhost:4100', { host: 'localhost.evil.example.com:4100' })).toBe('host_not_allowed');
    expect(refusal('http://localhost:4100', {})).toBe('host_not_allowed');
  });

  it('lets local pages call a local gateway, and no others', () => {
    expect(refusal('http://localhost:4100', { host: 'localhost', origin: 'http://127.0.0.1:6274' })).toBeUndefined();
    expect(refusal('http://localhost:4100', { host: 'localhost', origin: 'http://evil.example.com' })).toBe('origin_not_allowed');
    expect(refusal('http://localhost:4100', { host: 'localhost', origin: 'null' })).toBe('origin_not_allowed');
    expect(refusal('https://gw.example', { host: 'gw.example', origin: 'http://localhost:6274' })).toBe('origin_not_allowed');
    expect(refusal('https://gw.example', { host: 'gw.example', origin: 'https://gw.example' })).toBeUndefined();
    expect(
      refusal('https://gw.example', { host: 'gw.example', origin: 'https://app.example' }, { origins: ['https://app.example'] }),
    ).toBeUndefined();
  });
});
