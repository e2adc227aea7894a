import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { useSharedControlPlane, type TestControlPlane } from '../../support/control-plane.ts';
import {
  AccessGrantByServerDocument,
  AccessGrantCreateDocument,
  AccessGrantDeleteDocument,
  AccessGrantDisableDocument,
  AccessGrantDocument,
  AccessGrantEnableDocument,
  AccessGrantUpdateDocument,
  McpServerAccessGrantsDocument,
  WorkspaceMcpServersDocument,
  type AccessGrantCreateInput,
} from '../../support/generated/graphql.ts';
import { HubWorld, unique } from '../../support/hub-world.ts';

let plane: TestControlPlane;
let world: HubWorld;
let workspace: { id: string; slug: string };
let server: { id: string; slug: string };

beforeAll(async () => {
  plane = await useSharedControlPlane();
});
beforeEach(async () => {
  world = await HubWorld.create(plane);
  workspace = await world.addWorkspace();
  server = await world.addServer();
});

it('takes changes that arrive at the same moment one after the other, and keeps what each of them says', async () => {
  const { accessGrant } = await create({});
  const inputs = [{ newCapabilities: 'HOLD' }, { pinsDefinitions: true }, { enabled: false }, { defaultUserAccess: 'DENY' }] as const;
  const outcomes = await Promise.all(inputs.map((input) => update(accessGrant!.id, input)));
  expect(outcomes.flatMap(({ userErrors }) => userErrors)).toEqual([]);
  const read = await plane.run(plane.adminKey, AccessGrantDocument, { id: accessGrant!.id });
  expect(read.accessGrant).toMatchObject({ enabled: false, defaultUserAccess: 'DENY', version: 5 });
});

describe('making a server available', () => {
  it('stores the grant with its defaults and tells the URL for clients', async () => {
    const { accessGrant, snapshotRevision, userErrors } = await create({});
    expect(userErrors).toEqual([]);
    expect(snapshotRevision).toBeGreaterThan(0);
    expect(accessGrant).toMatchObject({
      enabled: true,
      defaultUserAccess: 'ALLOW',
      userOverrides: [],
      url: `http://gateway.test/${workspace.slug}/${server.slug}/mcp`,
      workspace: { id: workspace.id },
      mcpServer: { id: server.id },
      version: 1,
    });
    expect((await plane.run(plane.adminKey, AccessGrantDocument, { id: accessGrant!.id })).accessGrant).toEqual(accessGrant);
    const natural = { workspaceId: workspace.id, mcpServerId: server.id };
    expect((await plane.run(plane.adminKey, AccessGrantByServerDocument, natural)).accessGrantByServer).toEqual(accessGrant);
  });

  it('answers TAKEN for a second grant of the same server, and the first answer to a repeated request', async () => {
    const variables = { input: { workspaceId: workspace.id, mcpServerId: server.id }, idempotencyKey: unique('once') };
    const { accessGrantCreate: first } = await plane.run(plane.adminKey, AccessGrantCreateDocument, variables);
    expect((await plane.run(plane.adminKey, AccessGrantCreateDocument, variables)).accessGrantCreate).toEqual(first);
    expect((await create({})).userErrors).toMatchObject([{ code: 'TAKEN', field: ['input', 'mcpServerId'] }]);
  });

  it('lets a manager bring in a server of the hub, but none that another workspace owns', async () => {
    const manager = await world.addPerson('MEMBER', { workspaceId: workspace.id, role: 'MANAGER' });
    const owned = await world.addServer({ workspaceId: (await world.addWorkspace()).id });
    expect((await create({}, manager.key)).userErrors).toEqual([]);
    expect((await create({ mcpServerId: owned.id }, manager.key)).userErrors).toMatchObject([
      { code: 'NOT_FOUND', field: ['input', 'mcpServerId'] },
    ]);
    expect((await create({ mcpServerId: owned.id })).userErrors).toMatchObject([{ code: 'INVALID', field: ['input', 'mcpServerId'] }]);
  });

  it('does not find servers or people of another organization, and reports all faults together', async () => {
    const other = await HubWorld.create(plane);
    const foreign = await other.addServer();
    const stranger = await other.addPerson();
    const person = await world.addPerson();
    const userOverrides = [stranger.id, person.id, person.id].map((userId) => ({ userId, access: 'DENY' as const }));
    const { userErrors } = await create({ mcpServerId: foreign.id, userOverrides });
    expect(userErrors.map(({ code, field }) => [code, field])).toEqual([
      ['NOT_FOUND', ['input', 'mcpServerId']],
      ['NOT_FOUND', ['input', 'userOverrides', '0', 'userId']],
      ['INVALID', ['input', 'userOverrides', '2', 'userId']],
    ]);
  });
});

describe('changing a grant', () => {
  it('replaces the overrides as a whole set, and leaves them where they are absent', async () => {
    const [ann, bob] = [await world.addPerson(), await world.addPerson()];
    const { accessGrant } = await create({ userOverrides: [{ userId: ann.id, access: 'DENY' }] });
    const { id } = accessGrant!;
    const changed = await update(id, { defaultUserAccess: 'DENY', userOverrides: [{ userId: bob.id, access: 'ALLOW' }] });
    const wanted = { defaultUserAccess: 'DENY', userOverrides: [{ access: 'ALLOW', user: { id: bob.id } }], version: 2 };
    expect(changed).toMatchObject({ accessGrant: wanted, userErrors: [] });
    expect((await update(id, { enabled: false })).accessGrant).toMatchObject({ ...wanted, enabled: false, version: 3 });
    expect((await update(id, { userOverrides: [] })).accessGrant).toMatchObject({ userOverrides: [] });
  });

  it('changes nothing with a stale version or with a fault', async () => {
    const { accessGrant } = await create({});
    const { id } = accessGrant!;
    expect((await update(id, { enabled: false }, 7)).userErrors).toMatchObject([{ code: 'STALE_VERSION' }]);
    const faulty = { enabled: false, userOverrides: [{ userId: 'usr_nobody', access: 'ALLOW' as const }] };
    expect((await update(id, faulty)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
    expect((await plane.run(plane.adminKey, AccessGrantDocument, { id })).accessGrant).toEqual(accessGrant);
  });

  it('disables, enables and deletes, each with a revision', async () => {
    const { id } = await world.grant(workspace.id, server.id);
    const disabled = (await plane.run(plane.adminKey, AccessGrantDisableDocument, { id })).accessGrantDisable;
    const enabled = (await plane.run(plane.adminKey, AccessGrantEnableDocument, { id })).accessGrantEnable;
    const deleted = (await plane.run(plane.adminKey, AccessGrantDeleteDocument, { id })).accessGrantDelete;
    expect([disabled.accessGrant, enabled.accessGrant, deleted.deletedId]).toEqual([{ enabled: false }, { enabled: true }, id]);
    const revisions = [disabled, enabled, deleted].map((answer) => answer.snapshotRevision!);
    expect(revisions).toEqual(revisions.toSorted((a, b) => a - b));
    const again = (await plane.run(plane.adminKey, AccessGrantDeleteDocument, { id })).accessGrantDelete;
    expect(again).toEqual({ deletedId: id, snapshotRevision: null, userErrors: [] });
  });
});

describe('who sees a grant', () => {
  it('names the exceptions to those who look after people, and to others only their own', async () => {
    const place = { workspaceId: workspace.id, role: 'MEMBER' } as const;
    const [ann, bob] = [await world.addPerson('MEMBER', place), await world.addPerson('MEMBER', place)];
    const manager = await world.addPerson('MEMBER', { workspaceId: workspace.id, role: 'MANAGER' });
    const auditor = await world.addPerson('AUDITOR');
    const denied = [ann, manager].map(({ id }) => ({ userId: id, access: 'DENY' as const }));
    const { id } = (await create({ userOverrides: denied })).accessGrant!;
    const see = async (key: string) =>
      (await plane.run(key, AccessGrantDocument, { id })).accessGrant!.userOverrides.map(({ user }) => user.id).toSorted();
    const all = [ann.id, manager.id].toSorted();
    expect(await see(plane.adminKey)).toEqual(all);
    expect(await see(auditor.key)).toEqual(all);
    expect(await see(manager.key)).toEqual(all);
    expect(await see(ann.key)).toEqual([ann.id]);
    expect(await see(bob.key)).toEqual([]);
  });

  it('shows it to the workspace, and of a server only the grants of the own workspaces', async () => {
    const other = await world.addWorkspace();
    const [own] = [await world.grant(workspace.id, server.id), await world.grant(other.id, server.id)];
    const member = await world.addPerson('MEMBER', { workspaceId: workspace.id, role: 'MEMBER' });
    const outsider = await world.addPerson('MEMBER', { workspaceId: other.id, role: 'MANAGER' });
    expect((await plane.run(member.key, AccessGrantDocument, { id: own.id })).accessGrant).toMatchObject({ id: own.id });
    expect((await plane.run(outsider.key, AccessGrantDocument, { id: own.id })).accessGrant).toBeNull();
    const ofWorkspace = await plane.run(member.key, WorkspaceMcpServersDocument, { id: workspace.id });
    expect(ofWorkspace.workspace!.accessGrants.nodes).toEqual([{ id: own.id }]);
    const ofServer = async (key: string) =>
      (await plane.run(key, McpServerAccessGrantsDocument, { id: server.id })).mcpServer!.accessGrants.nodes.map(
        (grant) => grant.workspace.slug,
      );
    expect(await ofServer(member.key)).toEqual([workspace.slug]);
    expect(await ofServer(plane.adminKey)).toEqual([workspace.slug, other.slug]);
  });
});

async function create(rest: Partial<AccessGrantCreateInput>, key = plane.adminKey) {
  const input = { workspaceId: workspace.id, mcpServerId: server.id, ...rest };
  return (await plane.run(key, AccessGrantCreateDocument, { input })).accessGrantCreate;
}

async function update(id: string, input: Partial<AccessGrantCreateInput>, expectedVersion?: number) {
  return (await plane.run(plane.adminKey, AccessGrantUpdateDocument, { id, input, expectedVersion })).accessGrantUpdate;
}
