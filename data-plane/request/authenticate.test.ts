import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { generateApiKey } from '../../contract/api-key.ts';
import type { SnapshotApiKey } from '../../contract/snapshot.ts';
import { RoutedWorkspace } from '../snapshot/routed-workspace.ts';
import { Authenticator } from './authenticate.ts';

const NOW = 1_000_000;
const generated = generateApiKey();

function workspace(overrides: Partial<SnapshotApiKey> = {}, plain = generated): RoutedWorkspace {
  const key: SnapshotApiKey = {
    id: 'key_1',
    lookup: plain.lookup,
    hash: plain.hash,
    kind: 'USER',
    userId: 'usr_1',
    scopes: ['MCP'],
    ...overrides,
  };
  return new RoutedWorkspace({
    kind: 'workspace',
    id: 'ws_1',
    slug: 'acme',
    organizationId: 'org_1',
    routes: [],
    keys: [key],
    members: [],
  });
}

function request(headers: Record<string, string>): IncomingMessage {
  return { headers } as unknown as IncomingMessage;
}

const bearer = request({ authorization: `Bearer ${generated.plain}` });

describe('Authenticator', () => {
  it('knows a person by their key in either header', () => {
    const authenticator = new Authenticator();
    const caller = { id: 'user:usr_1', keyId: 'key_1', subject: { kind: 'USER', userId: 'usr_1' } };
    expect(authenticator.authenticate(workspace(), bearer, NOW)).toEqual({ ok: true, value: caller });
    expect(authenticator.authenticate(workspace(), request({ 'x-sluice-api-key': generated.plain }), NOW)).toEqual({
      ok: true,
      value: caller,
    });
    expect(authenticator.authenticate(workspace(), request({ authorization: `bearer ${generated.plain}` }), NOW)).toEqual({
      ok: true,
      value: caller,
    });
  });

  it('refuses no key, a wrong key, a key of another workspace and a key of no workspace', () => {
    const authenticator = new Authenticator();
    const other = generateApiKey();
    expect(authenticator.authenticate(workspace(), request({}), NOW)).toMatchObject({ error: { reason: 'credential_missing' } });
    expect(authenticator.authenticate(workspace(), request({ authorization: 'Basic x' }), NOW)).toMatchObject({
      error: { reason: 'credential_missing' },
    });
    expect(authenticator.authenticate(workspace({}, other), bearer, NOW)).toMatchObject({ error: { reason: 'credential_invalid' } });
    expect(authenticator.authenticate(undefined, bearer, NOW)).toMatchObject({ error: { reason: 'credential_invalid' } });
    const forged = `slc_${generated.lookup}_${'A'.repeat(43)}`;
    expect(authenticator.authenticate(workspace(), request({ authorization: `Bearer ${forged}` }), NOW)).toMatchObject({
      error: { reason: 'credential_invalid' },
    });
  });

  it('forgets a proven key with the revision that revokes or changes it', () => {
    const authenticator = new Authenticator();
    expect(authenticator.authenticate(workspace(), bearer, NOW).ok).toBe(true);
    const revoked = new RoutedWorkspace({
      kind: 'workspace',
      id: 'ws_1',
      slug: 'acme',
      organizationId: 'org_1',
      routes: [],
      keys: [],
      members: [],
    });
    expect(authenticator.authenticate(revoked, bearer, NOW)).toMatchObject({ error: { reason: 'credential_invalid' } });
    expect(authenticator.authenticate(workspace({ scopes: ['API_READ'] }), bearer, NOW)).toMatchObject({
      error: { reason: 'scope_missing' },
    });
  });

  it('refuses a key from its expiry on, also when it was proven before', () => {
    const authenticator = new Authenticator();
    const expiring = workspace({ expiresAtMs: NOW });
    expect(authenticator.authenticate(expiring, bearer, NOW - 1).ok).toBe(true);
    expect(authenticator.authenticate(expiring, bearer, NOW)).toMatchObject({ error: { reason: 'credential_expired' } });
  });

  it('refuses a user key without a person', () => {
    expect(new Authenticator().authenticate(workspace({ userId: undefined }), bearer, NOW)).toMatchObject({
      error: { reason: 'credential_invalid' },
    });
  });
});
