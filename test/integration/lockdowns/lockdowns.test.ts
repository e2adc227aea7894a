import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { useSharedControlPlane, type TestControlPlane } from '../../support/control-plane.ts';
import {
  ApiKeyCreateDocument,
  LockdownBySubjectDocument,
  LockdownCreateDocument,
  LockdownDeleteDocument,
  LockdownDocument,
  LockdownUpdateDocument,
  OrganizationLockdownsDocument,
  WorkspaceDocument,
} from '../../support/generated/graphql.ts';
import { HubWorld, unique } from '../../support/hub-world.ts';

let plane: TestControlPlane;
let world: HubWorld;
let workspace: { id: string };

beforeAll(async () => {
  plane = await useSharedControlPlane();
});
beforeEach(async () => {
  world = await HubWorld.create(plane);
  workspace = await world.addWorkspace();
});

describe('a lockdown', () => {
  it.each([
    ['MCP_SERVER', async () => (await world.addServer()).id],
    ['WORKSPACE', async () => workspace.id],
    ['USER', async () => (await world.addPerson('MEMBER', { workspaceId: workspace.id, role: 'MEMBER' })).id],
    ['API_KEY', async () => (await addServiceKey()).id],
  ])('stops a subject of the kind %s, is read in every way, and ends', async (kind, addSubject) => {
    const subjectId = await addSubject();
    const { lockdown, snapshotRevision, userErrors } = await create(subjectId, { reason: 'Seen on a paste site.' });
    expect(userErrors).toEqual([]);
    expect(snapshotRevision).toBeGreaterThan(0);
    expect(lockdown).toMatchObject({ kind, subjectId, reason: 'Seen on a paste site.', createdBy: null, version: 1 });
    const id = lockdown!.id;
    expect((await plane.run(plane.adminKey, LockdownDocument, { id })).lockdown).toEqual(lockdown);
    expect((await plane.run(plane.adminKey, LockdownBySubjectDocument, { subjectId })).lockdownBySubject).toEqual(lockdown);
    const variables = { id: world.organizationId, workspaceId: workspace.id };
    const listed = await plane.run(plane.adminKey, OrganizationLockdownsDocument, variables);
    expect(listed.organization!.lockdowns.nodes).toEqual([lockdown]);
    expect(listed.workspace!.lockdown).toEqual(kind === 'WORKSPACE' ? { id } : null);
    const { lockdownUpdate } = await plane.run(plane.adminKey, LockdownUpdateDocument, { id, input: { reason: null } });
    expect(lockdownUpdate).toMatchObject({ lockdown: { reason: null, version: 2 }, snapshotRevision: null });
    const remove = async () => (await plane.run(plane.adminKey, LockdownDeleteDocument, { id })).lockdownDelete;
    expect(await remove()).toMatchObject({ deletedId: id, snapshotRevision: expect.any(Number), userErrors: [] });
    expect(await remove()).toEqual({ deletedId: id, snapshotRevision: null, userErrors: [] });
  });

  it('is seen by whoever sees its subject, who is not told why', async () => {
    const server = await world.addServer();
    await world.grant(workspace.id, server.id);
    const member = await world.addPerson('MEMBER', { workspaceId: workspace.id, role: 'MEMBER' });
    const stranger = await world.addPerson('MEMBER');
    const ask = async (key: string) =>
      (await plane.send(key, `query ($id: ID!) { mcpServer(id: $id) { isLockedDown lockdown { reason } } }`, { id: server.id })).data;
    expect(await ask(member.key)).toEqual({ mcpServer: { isLockedDown: false, lockdown: null } });
    await create(server.id, { reason: 'Seen on a paste site.' });
    expect(await ask(member.key)).toEqual({ mcpServer: { isLockedDown: true, lockdown: null } });
    expect(await ask(plane.adminKey)).toEqual({ mcpServer: { isLockedDown: true, lockdown: { reason: 'Seen on a paste site.' } } });
    expect(await ask(stranger.key)).toEqual({ mcpServer: null });
  });

  it('is one for each subject, and repeated by its key only', async () => {
    const variables = { input: { subjectId: workspace.id }, idempotencyKey: unique('once') };
    const { lockdownCreate: first } = await plane.run(plane.adminKey, LockdownCreateDocument, variables);
    expect((await plane.run(plane.adminKey, LockdownCreateDocument, variables)).lockdownCreate).toEqual(first);
    expect((await create(workspace.id)).userErrors).toMatchObject([{ code: 'TAKEN', field: ['input', 'subjectId'] }]);
    const id = first.lockdown!.id;
    const other = { id, input: { subjectId: world.organizationId } };
    expect((await plane.run(plane.adminKey, LockdownUpdateDocument, other)).lockdownUpdate.userErrors).toMatchObject([
      { code: 'IMMUTABLE', field: ['input', 'subjectId'] },
    ]);
    expect((await create(world.organizationId)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
  });

  it('leaves somebody who can end it', async () => {
    const [owner, admin] = [await world.addPerson('OWNER'), await world.addPerson('ADMIN')];
    expect((await create(owner.id, {}, admin.key)).userErrors).toMatchObject([{ code: 'INVALID', field: ['input', 'subjectId'] }]);
    expect((await create(owner.id, {}, owner.key)).userErrors).toMatchObject([{ code: 'INVALID', field: ['input', 'subjectId'] }]);
    const second = await world.addPerson('OWNER');
    expect((await create(owner.id, {}, second.key)).lockdown).toMatchObject({ createdBy: { id: second.id } });
    expect((await create(second.id)).userErrors).toMatchObject([{ code: 'INVALID' }]);
  });
});

describe('the API', () => {
  it('serves no key of a person, a workspace or its own under lockdown', async () => {
    const person = await world.addPerson('MEMBER', { workspaceId: workspace.id, role: 'MANAGER' });
    const service = await addServiceKey();
    for (const [subjectId, key] of [
      [person.id, person.key],
      [service.id, service.key],
      [workspace.id, service.key],
    ] as const) {
      expect(await sees(key)).toBe(true);
      const { lockdown } = await create(subjectId);
      expect(await sees(key)).toBe(false);
      await plane.run(plane.adminKey, LockdownDeleteDocument, { id: lockdown!.id });
      expect(await sees(key)).toBe(true);
    }
  });
});

async function sees(key: string): Promise<boolean> {
  const { errors } = await plane.send(key, WorkspaceDocument.toString(), { id: workspace.id });
  expect(errors.map(({ extensions }) => extensions.code)).toEqual(errors.length === 0 ? [] : ['UNAUTHENTICATED']);
  return errors.length === 0;
}

async function addServiceKey(): Promise<{ id: string; key: string }> {
  const input = { kind: 'SERVICE' as const, workspaceId: workspace.id, name: 'key', scopes: ['MCP' as const, 'API_READ' as const] };
  const { apiKey, plainKey } = (await plane.run(plane.adminKey, ApiKeyCreateDocument, { input })).apiKeyCreate;
  return { id: apiKey!.id, key: plainKey! };
}

async function create(subjectId: string, rest: { reason?: string } = {}, key = plane.adminKey) {
  return (await plane.run(key, LockdownCreateDocument, { input: { subjectId, ...rest } })).lockdownCreate;
}
