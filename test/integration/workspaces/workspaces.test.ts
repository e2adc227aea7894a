import { beforeAll, describe, expect, it } from 'vitest';
import { useSharedControlPlane, type TestControlPlane } from '../../support/control-plane.ts';
import {
  WorkspaceCreateDocument,
  WorkspaceDeleteDocument,
  WorkspaceDocument,
  WorkspaceMemberAddDocument,
  WorkspaceMemberRemoveDocument,
  WorkspaceMemberUpdateDocument,
  WorkspaceUpdateDocument,
} from '../../support/generated/graphql.ts';
import { buildWalkWorld, unique, type WalkWorld } from '../authorization/role-walk-world.ts';

let plane: TestControlPlane;
let world: WalkWorld;
beforeAll(async () => {
  plane = await useSharedControlPlane();
  world = await buildWalkWorld(plane);
});

async function create(slug = unique('ws'), idempotencyKey?: string) {
  const input = { organizationId: world.organization.id, slug, name: 'Workspace' };
  return (await plane.run(plane.adminKey, WorkspaceCreateDocument, { input, idempotencyKey })).workspaceCreate;
}

const PAGE = `query ($id: ID!, $name: String!, $after: String) { organization(id: $id) {
  workspaces(first: 2, nameContains: $name, after: $after) { nodes { id } edges { cursor node { id } } pageInfo { hasNextPage endCursor } }
} }`;

interface WorkspacePage {
  readonly nodes: readonly { readonly id: string }[];
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}

async function list(variables: { readonly name: string; readonly after: string | null }): Promise<WorkspacePage> {
  const { data } = await plane.send(plane.adminKey, PAGE, { id: world.organization.id, ...variables });
  return (data as { organization: { workspaces: WorkspacePage } }).organization.workspaces;
}

async function add(workspaceId: string, userIds: string[], idempotencyKey?: string) {
  return (await plane.run(plane.adminKey, WorkspaceMemberAddDocument, { input: { workspaceId, userIds }, idempotencyKey }))
    .workspaceMemberAdd;
}

describe('workspaces', () => {
  it('have a slug that is unique in the gateway, also between organizations and when two are created at once', async () => {
    const slug = unique('ws');
    const answers = await Promise.all([create(slug), create(slug)]);
    expect(answers.filter(({ workspace }) => workspace !== null)).toHaveLength(1);
    expect(answers.flatMap(({ userErrors }) => userErrors)).toMatchObject([{ code: 'TAKEN', field: ['input', 'slug'] }]);
  });

  it('reports all faults of an input together', async () => {
    const input = { organizationId: world.organization.id, slug: 'UPPER', name: 'x'.repeat(121) };
    const { workspaceCreate } = await plane.run(plane.adminKey, WorkspaceCreateDocument, { input });
    expect(workspaceCreate.userErrors.map(({ field }) => field)).toEqual([
      ['input', 'slug'],
      ['input', 'name'],
    ]);
  });

  it('says so when a repeated request meets a workspace that was deleted since', async () => {
    const [slug, key] = [unique('ws'), unique('key')];
    const first = await create(slug, key);
    expect((await create(slug, key)).workspace).toEqual(first.workspace);
    await plane.run(plane.adminKey, WorkspaceDeleteDocument, { id: first.workspace!.id });
    const again = await create(slug, key);
    expect(again.workspace).toBeNull();
    expect(again.userErrors).toMatchObject([{ code: 'NOT_FOUND', field: ['idempotencyKey'] }]);
    expect((await create(slug, unique('key'))).userErrors).toEqual([]);
  });

  it('are listed with a cursor each, after which the list goes on', async () => {
    const name = unique('Listed');
    for (const slug of [unique('ws'), unique('ws'), unique('ws')]) {
      await plane.run(plane.adminKey, WorkspaceCreateDocument, { input: { organizationId: world.organization.id, slug, name } });
    }
    const first = await list({ name, after: null });
    expect(first).toMatchObject({ nodes: first.edges.map(({ node }) => node), pageInfo: { hasNextPage: true } });
    expect(first.edges.at(-1)!.cursor).toBe(first.pageInfo.endCursor);
    const rest = await list({ name, after: first.edges[0]!.cursor });
    expect(rest.nodes[0]).toEqual(first.nodes[1]);
    expect(rest.pageInfo.hasNextPage).toBe(false);
  });

  it('cannot lose their name', async () => {
    const { id } = (await create()).workspace!;
    const { workspaceUpdate } = await plane.run(plane.adminKey, WorkspaceUpdateDocument, { id, input: { name: null } });
    expect(workspaceUpdate.userErrors).toMatchObject([{ code: 'INVALID', field: ['input', 'name'] }]);
  });

  it('are gone with a revision, and deleting one twice succeeds', async () => {
    const created = await create();
    const { id } = created.workspace!;
    const { workspaceDelete } = await plane.run(plane.adminKey, WorkspaceDeleteDocument, { id });
    expect(workspaceDelete.snapshotRevision).toBeGreaterThan(created.snapshotRevision!);
    expect((await plane.run(plane.adminKey, WorkspaceDocument, { id })).workspace).toBeNull();
    const twice = await plane.run(plane.adminKey, WorkspaceDeleteDocument, { id });
    expect(twice.workspaceDelete).toMatchObject({ deletedId: id, snapshotRevision: null, userErrors: [] });
  });
});

describe('memberships', () => {
  it('begin, change and end with a revision', async () => {
    const { id } = (await create()).workspace!;
    const person = await world.addPerson();
    const added = await add(id, [person.id]);
    const [membership] = added.workspaceMembers!;
    expect(membership).toMatchObject({ role: 'MEMBER' });
    const { workspaceMemberUpdate } = await plane.run(plane.adminKey, WorkspaceMemberUpdateDocument, {
      id: membership!.id,
      input: { role: 'MANAGER' },
    });
    expect(workspaceMemberUpdate.workspaceMember).toMatchObject({ role: 'MANAGER' });
    expect(workspaceMemberUpdate.snapshotRevision).toBeGreaterThan(added.snapshotRevision!);
    const remove = () => plane.run(plane.adminKey, WorkspaceMemberRemoveDocument, { input: { workspaceId: id, userIds: [person.id] } });
    const { workspaceMemberRemove } = await remove();
    expect(workspaceMemberRemove.deletedIds).toEqual([membership!.id]);
    expect(workspaceMemberRemove.snapshotRevision).toBeGreaterThan(workspaceMemberUpdate.snapshotRevision!);
    expect((await remove()).workspaceMemberRemove).toMatchObject({ deletedIds: [], snapshotRevision: null, userErrors: [] });
  });

  it('report every person of a list who cannot join', async () => {
    const { id } = (await create()).workspace!;
    const member = await world.addPerson();
    await add(id, [member.id]);
    const fresh = await world.addPerson();
    const answer = await add(id, [member.id, fresh.id, 'usr_nobody', fresh.id]);
    expect(answer.userErrors.map(({ code, field }) => [code, field!.at(-1)])).toEqual([
      ['TAKEN', '0'],
      ['NOT_FOUND', '2'],
      ['TAKEN', '3'],
    ]);
    expect((await add(id, [])).userErrors).toMatchObject([{ code: 'LIMIT_REACHED' }]);
  });

  it('cannot lose their role', async () => {
    const { id } = (await create()).workspace!;
    const { workspaceMembers } = await add(id, [(await world.addPerson()).id]);
    const { workspaceMemberUpdate } = await plane.run(plane.adminKey, WorkspaceMemberUpdateDocument, {
      id: workspaceMembers![0]!.id,
      input: { role: null },
    });
    expect(workspaceMemberUpdate.userErrors).toMatchObject([{ code: 'INVALID', field: ['input', 'role'] }]);
  });

  it('are added once by two requests at the same moment', async () => {
    const { id } = (await create()).workspace!;
    const person = await world.addPerson();
    const answers = await Promise.all([add(id, [person.id]), add(id, [person.id])]);
    expect(answers.flatMap(({ userErrors }) => userErrors)).toMatchObject([{ code: 'TAKEN', field: ['input', 'userIds', '0'] }]);
    const key = unique('key');
    const other = await world.addPerson();
    const [first, second] = await Promise.all([add(id, [other.id], key), add(id, [other.id], key)]);
    expect(first.workspaceMembers).toEqual(second.workspaceMembers);
  });
});
