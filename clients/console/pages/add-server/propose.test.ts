import { describe, expect, test } from 'vitest';
import { needsOwnClient, parseServerUrl, propose, type Probe } from './propose.ts';
import { toSlug } from '../../parts/to-slug.ts';

const url = new URL('https://mcp.linear.app/mcp');

function probe(rest: Partial<Probe>): Probe {
  return { outcome: 'REACHABLE', message: '', transport: 'STREAMABLE_HTTP', eras: ['LEGACY'], authorization: null, server: null, ...rest };
}

test.each(['https://example.com/mcp', ' http://localhost:3000/mcp ', 'http://[::1]:80/', 'http://10.0.0.1/sse'])(
  '%s is looked at',
  (text) => {
    expect(parseServerUrl(text)).toBeDefined();
  },
);

test.each(['', 'https://', 'https://exam', 'example.com/mcp', 'ftp://example.com', 'https://a b.com'])('%s is not', (text) => {
  expect(parseServerUrl(text)).toBeUndefined();
});

describe('what is proposed', () => {
  test('is the name that the server has for people, else the one for programs, else that of its host', () => {
    const server = { name: 'linear-mcp', title: 'Linear', version: '1', instructions: null, icon: null };
    expect(propose(url, probe({ server }))).toMatchObject({ name: 'Linear', slug: 'linear' });
    expect(propose(url, probe({ server: { ...server, title: null } }))).toMatchObject({ name: 'linear-mcp', slug: 'linear-mcp' });
    expect(propose(url, undefined)).toMatchObject({ name: 'Linear', slug: 'linear' });
    expect(propose(new URL('http://127.0.0.1:9000/mcp'), undefined)).toMatchObject({ name: '127.0.0.1', slug: '127-0-0-1' });
  });

  test('is the authentication that the server asks for', () => {
    const authorization = { issuer: 'https://auth.example', offersRegistration: true, acceptsClientIdMetadataDocument: false, scopes: [] };
    expect(propose(url, probe({ outcome: 'NEEDS_AUTHORIZATION', authorization }))).toMatchObject({
      authentication: 'OAUTH',
      granularity: 'USER',
    });
    expect(propose(url, probe({ outcome: 'NEEDS_AUTHORIZATION' })).authentication).toBe('CUSTOM_HEADERS');
    expect(propose(url, probe({})).authentication).toBe('NONE');
  });

  test('is the transport that was found, or that the address shows', () => {
    expect(propose(url, probe({ transport: 'SSE' })).transport).toBe('SSE');
    expect(propose(new URL('https://example.com/sse'), undefined).transport).toBe('SSE');
    expect(propose(url, undefined).transport).toBe('STREAMABLE_HTTP');
  });
});

test('a client has to be registered by hand only where neither way to do without is offered', () => {
  const closed = { issuer: 'https://auth.example', offersRegistration: false, acceptsClientIdMetadataDocument: false, scopes: [] };
  expect(needsOwnClient(probe({ authorization: closed }))).toBe(true);
  expect(needsOwnClient(probe({ authorization: { ...closed, offersRegistration: true } }))).toBe(false);
  expect(needsOwnClient(probe({ authorization: { ...closed, acceptsClientIdMetadataDocument: true } }))).toBe(false);
  expect(needsOwnClient(probe({}))).toBe(false);
});

test('a slug is what a URL can have of a name', () => {
  expect(toSlug('Büro & Co. — Files (v2)')).toBe('buro-co-files-v2');
  expect(toSlug(`${'a'.repeat(62)} b`)).toBe('a'.repeat(62));
  expect(toSlug('日本')).toBe('');
});
