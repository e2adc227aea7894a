import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { useSharedControlPlane, type TestControlPlane } from '../../support/control-plane.ts';
import {
  OrganizationRateLimitsDocument,
  RateLimitByNameDocument,
  RateLimitCreateDocument,
  RateLimitDeleteDocument,
  RateLimitDocument,
  RateLimitUpdateDocument,
  type RateLimitCreateInput,
  type RateLimitUpdateInput,
} from '../../support/generated/graphql.ts';
import { HubWorld, unique } from '../../support/hub-world.ts';

let plane: TestControlPlane;
let world: HubWorld;

beforeAll(async () => {
  plane = await useSharedControlPlane();
});
beforeEach(async () => {
  world = await HubWorld.create(plane);
});

async function create(input: Partial<RateLimitCreateInput>, key = plane.adminKey) {
  const whole = { organizationId: world.organizationId, name: unique('limit'), maxRequests: 10, windowSeconds: 60, ...input };
  return (await plane.run(key, RateLimitCreateDocument, { input: whole })).rateLimitCreate;
}

async function update(id: string, input: RateLimitUpdateInput) {
  return (await plane.run(plane.adminKey, RateLimitUpdateDocument, { id, input })).rateLimitUpdate;
}

describe('a limit', () => {
  it('is stored as it was entered, found by id and by name, and carried by a revision', async () => {
    const server = await world.addServer();
    const { rateLimit, snapshotRevision, userErrors } = await create({ mcpServerId: server.id, toolName: 'search', countBy: ['USER'] });
    expect(userErrors).toEqual([]);
    expect(snapshotRevision).toBeGreaterThan(0);
    expect(rateLimit).toMatchObject({
      mcpServerId: server.id,
      toolName: 'search',
      countBy: ['USER'],
      maxRequests: 10,
      maxConcurrent: null,
    });
    expect((await plane.run(plane.adminKey, RateLimitDocument, { id: rateLimit!.id })).rateLimit).toEqual(rateLimit);
    const natural = { organizationId: world.organizationId, name: rateLimit!.name };
    expect((await plane.run(plane.adminKey, RateLimitByNameDocument, natural)).rateLimitByName).toEqual(rateLimit);
    const { organization } = await plane.run(plane.adminKey, OrganizationRateLimitsDocument, { id: world.organizationId });
    expect(organization!.rateLimits.nodes).toEqual([rateLimit]);
  });

  it.each([
    [{ maxRequests: null, maxConcurrent: 1 }, 'windowSeconds'],
    [{ maxRequests: null, windowSeconds: null }, 'maxRequests'],
    [{ maxRequests: 0 }, 'maxRequests'],
    [{ windowSeconds: 86_401 }, 'windowSeconds'],
    [{ maxConcurrent: 10_001 }, 'maxConcurrent'],
    [{ toolName: 'search' }, 'toolName'],
    [{ name: ' ' }, 'name'],
    [{ countBy: ['USER', 'USER'] }, 'countBy'],
  ] as [Partial<RateLimitCreateInput>, string][])('is not made of %j', async (input, field) => {
    expect(await create(input)).toMatchObject({ rateLimit: null, userErrors: [{ code: 'INVALID', field: ['input', field] }] });
  });

  it('names nothing of another organization, and says so of everything together', async () => {
    const other = await HubWorld.create(plane);
    const [server, workspace, person] = [await other.addServer(), await other.addWorkspace(), await other.addPerson()];
    const { userErrors } = await create({ mcpServerId: server.id, workspaceId: workspace.id, userId: person.id, apiKeyId: 'key_none' });
    expect(userErrors.map(({ code, field }) => [code, field![1]])).toEqual([
      ['NOT_FOUND', 'workspaceId'],
      ['NOT_FOUND', 'userId'],
      ['NOT_FOUND', 'apiKeyId'],
      ['NOT_FOUND', 'mcpServerId'],
    ]);
  });

  it('answers TAKEN for a name in use, and the first answer to a repeated request', async () => {
    const input = { organizationId: world.organizationId, name: 'Same', maxConcurrent: 2 };
    const variables = { input, idempotencyKey: unique('once') };
    const { rateLimitCreate: first } = await plane.run(plane.adminKey, RateLimitCreateDocument, variables);
    expect((await plane.run(plane.adminKey, RateLimitCreateDocument, variables)).rateLimitCreate).toEqual(first);
    expect((await create({ name: 'Same' })).userErrors).toMatchObject([{ code: 'TAKEN', field: ['input', 'name'] }]);
  });

  it('changes what is named, and stays a limit', async () => {
    const { id } = (await create({ maxConcurrent: 3 })).rateLimit!;
    expect((await update(id, { maxRequests: 20 })).rateLimit).toMatchObject({ maxRequests: 20, windowSeconds: 60, maxConcurrent: 3 });
    expect((await update(id, { windowSeconds: null })).userErrors).toMatchObject([{ code: 'INVALID', field: ['input', 'windowSeconds'] }]);
    expect((await update(id, { maxRequests: null, windowSeconds: null })).rateLimit).toMatchObject({ maxRequests: null, version: 3 });
    expect((await update(id, { maxConcurrent: null })).userErrors).toMatchObject([{ code: 'INVALID', field: ['input', 'maxRequests'] }]);
  });

  it('is gone with what it names, and deleting it again succeeds', async () => {
    const { id } = (await create({})).rateLimit!;
    const deletion = (await plane.run(plane.adminKey, RateLimitDeleteDocument, { id })).rateLimitDelete;
    expect(deletion).toMatchObject({ deletedId: id, userErrors: [] });
    expect(deletion.snapshotRevision).toBeGreaterThan(0);
    expect((await plane.run(plane.adminKey, RateLimitDeleteDocument, { id })).rateLimitDelete).toMatchObject({ snapshotRevision: null });
  });
});

it('a manager bounds their own workspace and sees those limits only', async () => {
  const workspace = await world.addWorkspace();
  const manager = await world.addPerson('MEMBER', { workspaceId: workspace.id, role: 'MANAGER' });
  await create({});
  const own = await create({ workspaceId: workspace.id }, manager.key);
  expect(own.userErrors).toEqual([]);
  const { organization } = await plane.run(manager.key, OrganizationRateLimitsDocument, { id: world.organizationId });
  expect(organization!.rateLimits.nodes).toEqual([own.rateLimit]);
});
