import { beforeAll, describe, expect, it } from 'vitest';
import { Client } from 'pg';
import { useSharedControlPlane, type TestControlPlane } from '../../support/control-plane.ts';
import {
  ApiKeyCreateDocument,
  ApiKeyDocument,
  ApiKeyRevokeDocument,
  ApiKeyUpdateDocument,
  OrganizationDocument,
  ViewerDocument,
  WorkspaceDocument,
  type ApiKeyCreateInput,
} from '../../support/generated/graphql.ts';
import { buildWalkWorld, type WalkWorld } from '../authorization/role-walk-world.ts';

let plane: TestControlPlane;
let world: WalkWorld;
beforeAll(async () => {
  plane = await useSharedControlPlane();
  world = await buildWalkWorld(plane);
});

async function create(key: string, input: Partial<ApiKeyCreateInput>, idempotencyKey?: string) {
  const whole = { kind: 'SERVICE' as const, name: 'key', scopes: ['MCP' as const], ...input };
  return (await plane.run(key, ApiKeyCreateDocument, { input: whole, idempotencyKey })).apiKeyCreate;
}

describe('API keys', () => {
  it('shows a key once, also in the repetition of its request, and stores it nowhere', async () => {
    const first = await create(plane.adminKey, { workspaceId: world.workspace.id }, 'make-key');
    const again = await create(plane.adminKey, { workspaceId: world.workspace.id }, 'make-key');
    expect(first.plainKey).toMatch(/^slc_[a-z2-7]{12}_[A-Za-z0-9_-]{43}$/);
    expect(again).toEqual(first);
    const { apiKey } = await plane.run(plane.adminKey, ApiKeyDocument, { id: first.apiKey!.id });
    expect(first.plainKey!.startsWith(apiKey!.prefix)).toBe(true);
    const client = new Client({ connectionString: plane.databaseUrl });
    await client.connect();
    for (const table of ['api_keys', 'idempotent_requests']) {
      const { rows } = await client.query(`SELECT t::text AS row FROM ${table} t`);
      expect(JSON.stringify(rows)).not.toContain(first.plainKey!.slice(-43));
    }
    await client.end();
  });

  it('refuses inputs that make no key', async () => {
    expect((await create(plane.adminKey, {})).userErrors).toMatchObject([{ code: 'INVALID', field: ['input', 'workspaceId'] }]);
    const person = { kind: 'USER' as const, userId: world.person.id };
    expect((await create(plane.adminKey, person)).userErrors).toMatchObject([{ code: 'INVALID', field: ['input', 'workspaceId'] }]);
    expect((await create(plane.adminKey, { workspaceId: world.workspace.id, scopes: [], name: '' })).userErrors).toHaveLength(2);
    const past = { workspaceId: world.workspace.id, expiresAt: '2020-01-01T00:00:00.000Z' };
    expect((await create(plane.adminKey, past)).userErrors).toMatchObject([{ field: ['input', 'expiresAt'] }]);
    const elsewhere = { kind: 'USER' as const, userId: world.person.id, workspaceId: (await world.addWorkspace()).id };
    expect((await create(plane.adminKey, elsewhere)).userErrors).toMatchObject([{ code: 'NOT_FOUND', field: ['input', 'workspaceId'] }]);
  });

  it('never gives a key more than its maker has', async () => {
    const own = { kind: 'USER' as const, scopes: ['API_READ' as const, 'API_WRITE' as const] };
    const made = await create(world.keys.member!, own);
    expect(made.userErrors).toEqual([]);
    const excess = await create(world.keys.member!, { ...own, workspaceId: world.workspace.id, scopes: ['MCP'] });
    expect(excess.userErrors).toMatchObject([{ code: 'INVALID', field: ['input', 'scopes'] }]);
    const { errors } = await plane.send(world.keys.admin, ApiKeyCreateDocument.toString(), {
      input: { ...own, name: 'for another', userId: world.person.id },
    });
    expect(errors[0]?.extensions.code).toBe('FORBIDDEN');
  });

  it('confines a person key with a workspace to that workspace', async () => {
    const input = {
      kind: 'USER' as const,
      userId: world.person.id,
      workspaceId: world.workspace.id,
      scopes: ['MCP' as const, 'API_READ' as const, 'API_WRITE' as const],
    };
    const { plainKey } = await create(plane.adminKey, input);
    expect((await plane.run(plainKey!, ViewerDocument, {})).viewer.workspace).toMatchObject({ id: world.workspace.id });
    expect((await plane.run(plainKey!, WorkspaceDocument, { id: world.workspace.id })).workspace).not.toBeNull();
    expect((await plane.run(plainKey!, OrganizationDocument, { id: world.organization.id })).organization).not.toBeNull();
    const wide = await create(plainKey!, { kind: 'USER', scopes: ['API_READ'] });
    expect(wide.userErrors).toMatchObject([{ code: 'INVALID', field: ['input', 'workspaceId'] }]);
    const elsewhere = await create(plane.adminKey, { ...input, workspaceId: null, scopes: ['API_READ'] });
    expect((await plane.run(plainKey!, ApiKeyDocument, { id: elsewhere.apiKey!.id })).apiKey).toBeNull();
    const { apiKeyRevoke } = await plane.run(plainKey!, ApiKeyRevokeDocument, { id: elsewhere.apiKey!.id });
    expect(apiKeyRevoke.userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
    const narrower = await create(plainKey!, { ...input, scopes: ['API_READ'] });
    expect(narrower.userErrors).toEqual([]);
  });

  it('lets whoever may change through a key make one that may read', async () => {
    const writing = await create(plane.adminKey, { kind: 'USER', userId: world.person.id, scopes: ['API_WRITE'] });
    const reading = await create(writing.plainKey!, { kind: 'USER', scopes: ['API_READ'] });
    expect(reading.userErrors).toEqual([]);
  });

  it('changes nothing where it was revoked before, and says all faults together', async () => {
    const { apiKey } = await create(plane.adminKey, { workspaceId: world.workspace.id });
    const first = (await plane.run(plane.adminKey, ApiKeyRevokeDocument, { id: apiKey!.id })).apiKeyRevoke;
    const second = (await plane.run(plane.adminKey, ApiKeyRevokeDocument, { id: apiKey!.id })).apiKeyRevoke;
    expect(second).toMatchObject({ apiKey: first.apiKey, snapshotRevision: null, userErrors: [] });
    const faulty = await create(plane.adminKey, { kind: 'USER', userId: 'usr_nobody', scopes: [], name: '' });
    expect(faulty.userErrors.map(({ field }) => field?.at(-1))).toEqual(['userId', 'name', 'scopes']);
    const elsewhere = { workspaceId: (await world.addWorkspace()).id, scopes: ['MCP' as const] };
    const excess = await create(world.keys.member!, { kind: 'USER', ...elsewhere, name: '' });
    expect(excess.userErrors.map(({ field }) => field?.at(-1))).toEqual(['workspaceId', 'scopes', 'name']);
  });

  it('stops a revoked or expired key at once in the API, and with a revision in the gateway', async () => {
    const input = { workspaceId: world.workspace.id, scopes: ['API_READ' as const] };
    const revoked = await create(plane.adminKey, input);
    const { apiKeyRevoke } = await plane.run(plane.adminKey, ApiKeyRevokeDocument, { id: revoked.apiKey!.id });
    expect(apiKeyRevoke.snapshotRevision).toBeGreaterThan(revoked.snapshotRevision!);
    expect((await plane.send(revoked.plainKey!, ViewerDocument.toString())).errors[0]?.extensions.code).toBe('UNAUTHENTICATED');
    const expired = await create(plane.adminKey, input);
    await plane.run(plane.adminKey, ApiKeyUpdateDocument, { id: expired.apiKey!.id, input: { expiresAt: '2020-01-01T00:00:00.000Z' } });
    expect((await plane.send(expired.plainKey!, ViewerDocument.toString())).errors[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });
});
