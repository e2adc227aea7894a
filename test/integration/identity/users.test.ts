import { beforeAll, describe, expect, it } from 'vitest';
import { useSharedControlPlane, type TestControlPlane } from '../../support/control-plane.ts';
import {
  ApiKeyCreateDocument,
  OrganizationCreateDocument,
  UserCreateDocument,
  UserDeleteDocument,
  UserDisableDocument,
  UserEnableDocument,
  UserUpdateDocument,
  ViewerDocument,
  WorkspaceCreateDocument,
  WorkspaceMemberAddDocument,
  type OrganizationRole,
} from '../../support/generated/graphql.ts';
import { unique } from '../../support/hub-world.ts';

let plane: TestControlPlane;
let organizationId: string;
beforeAll(async () => {
  plane = await useSharedControlPlane();
  const { organizationCreate } = await plane.run(plane.adminKey, OrganizationCreateDocument, {
    input: { slug: unique('acme'), name: 'Acme' },
  });
  organizationId = organizationCreate.organization!.id;
});

let counter = 0;
async function addUser(role: OrganizationRole = 'MEMBER', organization = organizationId) {
  const input = { organizationId: organization, email: `person-${counter++}@example.com`, name: 'Person', role };
  return (await plane.run(plane.adminKey, UserCreateDocument, { input })).userCreate.user!;
}
async function keyOf(userId: string) {
  const input = { kind: 'USER' as const, userId, name: 'key', scopes: ['API_READ' as const, 'API_WRITE' as const] };
  return (await plane.run(plane.adminKey, ApiKeyCreateDocument, { input })).apiKeyCreate.plainKey!;
}

describe('users', () => {
  it('has one person per e-mail address, whatever the case of its letters, in each organization', async () => {
    const create = (organization: string, email: string) =>
      plane.run(plane.adminKey, UserCreateDocument, { input: { organizationId: organization, email, name: 'Ada' } });
    expect((await create(organizationId, 'Ada@Example.com')).userCreate.user).toMatchObject({ email: 'Ada@Example.com', role: 'MEMBER' });
    expect((await create(organizationId, 'ada@example.COM')).userCreate.userErrors).toMatchObject([
      { code: 'TAKEN', field: ['input', 'email'] },
    ]);
    const { organizationCreate } = await plane.run(plane.adminKey, OrganizationCreateDocument, {
      input: { slug: unique('other'), name: 'Other' },
    });
    expect((await create(organizationCreate.organization!.id, 'ada@example.com')).userCreate.userErrors).toEqual([]);
  });

  it('keeps the last owner who is enabled', async () => {
    const { organizationCreate } = await plane.run(plane.adminKey, OrganizationCreateDocument, {
      input: { slug: unique('owned'), name: 'Owned' },
    });
    const own = organizationCreate.organization!.id;
    const [first, second] = [await addUser('OWNER', own), await addUser('OWNER', own)];
    // Both owners demote each other at the same moment; one of them must fail.
    const [a, b] = await Promise.all([
      plane.run(plane.adminKey, UserUpdateDocument, { id: first.id, input: { role: 'ADMIN' } }),
      plane.run(plane.adminKey, UserUpdateDocument, { id: second.id, input: { role: 'ADMIN' } }),
    ]);
    const faults = [...a.userUpdate.userErrors, ...b.userUpdate.userErrors];
    expect(faults).toMatchObject([{ code: 'INVALID', field: ['input', 'role'] }]);
    const last = a.userUpdate.user === null ? first.id : second.id;
    expect((await plane.run(plane.adminKey, UserDisableDocument, { id: last })).userDisable.userErrors).toMatchObject([
      { code: 'INVALID' },
    ]);
    expect((await plane.run(plane.adminKey, UserDeleteDocument, { id: last })).userDelete.userErrors).toMatchObject([{ code: 'INVALID' }]);
  });

  it('lets only owners make or change owners', async () => {
    await addUser('OWNER');
    const admin = await keyOf((await addUser('ADMIN')).id);
    const owner = await addUser('OWNER');
    const input = { organizationId, email: 'new-owner@example.com', name: 'New', role: 'OWNER' as const };
    expect((await plane.run(admin, UserCreateDocument, { input })).userCreate.userErrors).toMatchObject([
      { code: 'INVALID', field: ['input', 'role'] },
    ]);
    expect((await plane.run(admin, UserUpdateDocument, { id: owner.id, input: { role: 'MEMBER' } })).userUpdate.userErrors).toMatchObject([
      { code: 'INVALID' },
    ]);
    expect((await plane.run(admin, UserDeleteDocument, { id: owner.id })).userDelete.userErrors).toMatchObject([{ code: 'INVALID' }]);
  });

  it('is changed only by what changes them', async () => {
    const user = await addUser();
    const { userUpdate } = await plane.run(plane.adminKey, UserUpdateDocument, { id: user.id, input: { name: 'Another name' } });
    const { version } = userUpdate.user!;
    const again = await plane.run(plane.adminKey, UserUpdateDocument, { id: user.id, input: { name: 'Another name' } });
    expect(again.userUpdate.user).toMatchObject({ version });
    const enabled = await plane.run(plane.adminKey, UserEnableDocument, { id: user.id });
    expect(enabled.userEnable).toMatchObject({ user: { version }, snapshotRevision: null });
    const { userDisable: first } = await plane.run(plane.adminKey, UserDisableDocument, { id: user.id });
    const { userDisable: second } = await plane.run(plane.adminKey, UserDisableDocument, { id: user.id });
    expect(first.user!.version).toBe(version + 1);
    expect(second).toMatchObject({ user: first.user, snapshotRevision: null });
  });

  it('lets nobody in who is disabled, and says which revision enforces it', async () => {
    const user = await addUser();
    const key = await keyOf(user.id);
    const { workspaceCreate } = await plane.run(plane.adminKey, WorkspaceCreateDocument, {
      input: { organizationId, slug: unique('with-person'), name: 'W' },
    });
    await plane.run(plane.adminKey, WorkspaceMemberAddDocument, {
      input: { workspaceId: workspaceCreate.workspace!.id, userIds: [user.id] },
    });
    expect((await plane.run(key, ViewerDocument, {})).viewer.user).toMatchObject({ id: user.id });
    const { userDisable } = await plane.run(plane.adminKey, UserDisableDocument, { id: user.id });
    expect(userDisable.snapshotRevision).toBeGreaterThan(0);
    expect((await plane.send(key, ViewerDocument.toString())).errors[0]?.extensions.code).toBe('UNAUTHENTICATED');
    const { userEnable } = await plane.run(plane.adminKey, UserEnableDocument, { id: user.id });
    expect(userEnable.snapshotRevision).toBeGreaterThan(userDisable.snapshotRevision!);
    expect((await plane.run(key, ViewerDocument, {})).viewer.kind).toBe('USER');
  });
});
