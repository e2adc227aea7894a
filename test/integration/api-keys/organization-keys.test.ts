import { beforeAll, describe, expect, it } from 'vitest';
import { useSharedControlPlane, type TestControlPlane } from '../../support/control-plane.ts';
import {
  ApiKeyCreateDocument,
  ApiKeyRevokeDocument,
  ApiKeyUpdateDocument,
  UserDocument,
  type ApiKeyCreateInput,
} from '../../support/generated/graphql.ts';
import { HubWorld, type HubPerson } from '../../support/hub-world.ts';

interface Page {
  readonly nodes: readonly { readonly id: string; readonly name: string; readonly prefix: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

let plane: TestControlPlane;
let world: HubWorld;
let people: Readonly<Record<'owner' | 'auditor' | 'manager' | 'member', HubPerson>>;
let workspaces: { readonly here: { id: string; slug: string }; readonly there: { id: string; slug: string } };
/** A key of the member that is confined to the workspace here, with which it is asked. */
let confined: string;

beforeAll(async () => {
  plane = await useSharedControlPlane();
  world = await HubWorld.create(plane);
  workspaces = { here: await world.addWorkspace(), there: await world.addWorkspace() };
  people = {
    owner: await world.addPerson('OWNER'),
    auditor: await world.addPerson('AUDITOR'),
    manager: await world.addPerson('MEMBER', { workspaceId: workspaces.here.id, role: 'MANAGER' }),
    member: await world.addPerson('MEMBER', { workspaceId: workspaces.here.id, role: 'MEMBER' }),
  };
  await addKey('Deploy pipeline', { workspaceId: workspaces.here.id });
  await addKey('Nightly report', { workspaceId: workspaces.there.id });
  const revoked = await addKey('Given away', { workspaceId: workspaces.here.id });
  await plane.run(plane.adminKey, ApiKeyRevokeDocument, { id: revoked.id });
  const expired = await addKey('Old', { workspaceId: workspaces.there.id });
  await plane.run(plane.adminKey, ApiKeyUpdateDocument, { id: expired.id, input: { expiresAt: '2020-01-01T00:00:00.000Z' } });
  const own = { userId: people.member.id, workspaceId: workspaces.here.id };
  confined = (await addKey('Laptop', { kind: 'USER', scopes: ['API_READ'], ...own })).plain;
});

async function addKey(name: string, rest: Partial<ApiKeyCreateInput>): Promise<{ id: string; plain: string }> {
  const input: ApiKeyCreateInput = { kind: 'SERVICE', name, scopes: ['MCP'], ...rest };
  const { apiKey, plainKey } = (await plane.run(plane.adminKey, ApiKeyCreateDocument, { input })).apiKeyCreate;
  return { id: apiKey!.id, plain: plainKey! };
}

async function read(key: string, variables: object = {}): Promise<Page | undefined> {
  const query = `query ($id: ID!, $filter: ApiKeyFilter, $first: Int! = 100, $after: String) {
    organization(id: $id) { apiKeys(filter: $filter, first: $first, after: $after) { nodes { id name prefix } pageInfo { hasNextPage endCursor } } } }`;
  const { data, errors } = await plane.send<{ organization: { apiKeys: Page } | null }>(key, query, {
    id: world.organizationId,
    ...variables,
  });
  expect(errors).toEqual([]);
  return data?.organization?.apiKeys;
}

async function names(key: string, filter: object = {}): Promise<string[] | undefined> {
  return (await read(key, { filter }))?.nodes.map(({ name }) => name);
}

const EVERY = ['key', 'key', 'key', 'key', 'Deploy pipeline', 'Nightly report', 'Given away', 'Old', 'Laptop'];

describe('the keys of an organization', () => {
  it('are all of them for who oversees it, those of their workspaces and their own for managers, and their own for others', async () => {
    expect(await names(plane.adminKey)).toEqual(EVERY);
    expect(await names(people.owner.key)).toEqual(EVERY);
    expect(await names(people.auditor.key)).toEqual(EVERY);
    expect(await names(people.manager.key)).toEqual(['key', 'Deploy pipeline', 'Given away', 'Laptop']);
    expect(await names(people.member.key)).toEqual(['key', 'Laptop']);
  });

  it('are those of its workspace for a key that is confined to one, and none for strangers', async () => {
    expect(await names(confined)).toEqual(['Laptop']);
    const service = await addKey('Reader', { workspaceId: workspaces.there.id, scopes: ['API_READ'] });
    expect(await names(service.plain)).toEqual(['Nightly report', 'Old', 'Reader']);
    await plane.run(plane.adminKey, ApiKeyRevokeDocument, { id: service.id });
    const stranger = await (await HubWorld.create(plane)).addPerson('OWNER');
    expect(await read(stranger.key)).toBeUndefined();
  });

  it('come in pages', async () => {
    const found: string[] = [];
    let after: string | null = null;
    do {
      const page: Page = (await read(people.owner.key, { first: 4, after }))!;
      found.push(...page.nodes.map(({ id }) => id));
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    } while (after !== null);
    expect(found).toEqual((await read(people.owner.key))!.nodes.map(({ id }) => id));
    expect(new Set(found).size).toBe(found.length);
  });
});

describe('a filter', () => {
  it('finds by name, prefix, person and workspace', async () => {
    const { nodes } = (await read(people.owner.key))!;
    const deploy = nodes.find(({ name }) => name === 'Deploy pipeline')!;
    expect(await names(people.owner.key, { textContains: 'PIPE' })).toEqual(['Deploy pipeline']);
    expect(await names(people.owner.key, { textContains: deploy.prefix })).toEqual(['Deploy pipeline']);
    const { email } = (await plane.run(people.owner.key, UserDocument, { id: people.member.id })).user!;
    expect(await names(people.owner.key, { textContains: email })).toEqual(['key', 'Laptop']);
    expect(await names(people.owner.key, { userId: people.member.id })).toEqual(['key', 'Laptop']);
    const here = ['Deploy pipeline', 'Given away', 'Laptop'];
    expect(await names(people.owner.key, { textContains: workspaces.here.slug })).toEqual(here);
    expect(await names(people.owner.key, { workspaceId: workspaces.here.id })).toEqual(here);
    expect(await names(people.owner.key, { textContains: '100%' })).toEqual([]);
  });

  it('finds by state and kind, all of it together', async () => {
    const admin = plane.adminKey;
    expect(await names(admin, { states: ['EXPIRED'] })).toEqual(['Old']);
    expect(await names(admin, { states: ['REVOKED', 'EXPIRED'], kinds: ['SERVICE'] })).toEqual(
      expect.arrayContaining(['Given away', 'Old']),
    );
    expect(await names(admin, { states: ['ACTIVE'], kinds: ['SERVICE'] })).toEqual(['Deploy pipeline', 'Nightly report']);
    expect(await names(admin, { kinds: ['USER'], textContains: 'laptop', workspaceId: workspaces.here.id })).toEqual(['Laptop']);
    expect(await names(admin, { states: [] })).toEqual([]);
  });

  it('shows nobody more than they see without', async () => {
    expect(await names(people.member.key, { workspaceId: workspaces.here.id })).toEqual(['Laptop']);
    expect(await names(people.member.key, { textContains: 'Deploy' })).toEqual([]);
    expect(await names(people.manager.key, { workspaceId: workspaces.there.id })).toEqual([]);
    expect(await names(people.manager.key, { userId: people.owner.id })).toEqual([]);
  });
});
