import { describe, expect, it } from 'vitest';
import { generateApiKey } from '../../contract/api-key.ts';
import type { SnapshotApiKey } from '../../contract/snapshot.ts';
import { RoutedWorkspace } from '../snapshot/routed-workspace.ts';
import { KeyAuthenticator } from './key-authenticator.ts';

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

const { plain } = generated;

describe('KeyAuthenticator', () => {
  it('knows a person by their key', () => {
    const caller = {
      kind: 'API_KEY',
      id: 'user:usr_1',
      subject: { kind: 'USER', userId: 'usr_1' },
      keyId: 'key_1',
      lookup: generated.lookup,
    };
    expect(new KeyAuthenticator().authenticate(workspace(), plain, NOW)).toEqual({ ok: true, value: caller });
  });

  it('refuses a wrong key, a key of another workspace and a key of no workspace', () => {
    const authenticator = new KeyAuthenticator();
    const other = generateApiKey();
    const forged = `slc_${generated.lookup}_${'A'.repeat(43)}`;
    const refusal = { error: { reason: 'credential_invalid' } };
    expect(authenticator.authenticate(workspace({}, other), plain, NOW)).toMatchObject(refusal);
    expect(authenticator.authenticate(undefined, plain, NOW)).toMatchObject(refusal);
    expect(authenticator.authenticate(workspace(), forged, NOW)).toMatchObject(refusal);
    expect(authenticator.authenticate(workspace(), 'anything', NOW)).toMatchObject(refusal);
  });

  it('forgets a proven key with the revision that revokes or changes it', () => {
    const authenticator = new KeyAuthenticator();
    expect(authenticator.authenticate(workspace(), plain, NOW).ok).toBe(true);
    const revoked = new RoutedWorkspace({
      kind: 'workspace',
      id: 'ws_1',
      slug: 'acme',
      organizationId: 'org_1',
      routes: [],
      keys: [],
      members: [],
    });
    expect(authenticator.authenticate(revoked, plain, NOW)).toMatchObject({ error: { reason: 'credential_invalid' } });
    expect(authenticator.authenticate(workspace({ scopes: ['API_READ'] }), plain, NOW)).toMatchObject({
      error: { reason: 'scope_missing' },
    });
  });

  it('refuses a key from its expiry on, also when it was proven before', () => {
    const authenticator = new KeyAuthenticator();
    const expiring = workspace({ expiresAtMs: NOW });
    expect(authenticator.authenticate(expiring, plain, NOW - 1).ok).toBe(true);
    expect(authenticator.authenticate(expiring, plain, NOW)).toMatchObject({ error: { reason: 'credential_expired' } });
  });

  it('refuses a user key without a person', () => {
    expect(new KeyAuthenticator().authenticate(workspace({ userId: undefined }), plain, NOW)).toMatchObject({
      error: { reason: 'credential_invalid' },
    });
  });

  it('takes a caller for valid as long as the key lets them in', () => {
    const authenticator = new KeyAuthenticator();
    const entered = authenticator.authenticate(workspace(), plain, NOW);
    if (!entered.ok) throw new Error('refused');
    const isStillValid = (overrides: Partial<SnapshotApiKey>, of = generated) =>
      authenticator.isStillValid(workspace(overrides, of), entered.value, NOW);
    expect(isStillValid({})).toBe(true);
    expect(isStillValid({ scopes: ['API_READ', 'MCP'] })).toBe(true);
    expect(isStillValid({ scopes: ['API_READ'] })).toBe(false);
    expect(isStillValid({ expiresAtMs: NOW })).toBe(false);
    expect(isStillValid({}, generateApiKey())).toBe(false);
  });
});
