import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AccessRuleCreateInput, AccessRuleUpdateInput } from '../../support/generated/graphql.ts';
import {
  AccessConditionCheckDocument,
  AccessRuleByNameDocument,
  AccessRuleCreateDocument,
  AccessRuleDeleteDocument,
  AccessRuleDocument,
  AccessRulesDocument,
  AccessRuleUpdateDocument,
} from '../../support/generated/graphql.ts';
import { useSharedControlPlane, type TestControlPlane } from '../../support/control-plane.ts';
import { HubWorld, unique } from '../../support/hub-world.ts';

let plane: TestControlPlane;
let world: HubWorld;
let workspace: { id: string };
let server: { id: string };
let grant: { id: string };

beforeAll(async () => {
  plane = await useSharedControlPlane();
});
beforeEach(async () => {
  world = await HubWorld.create(plane);
  workspace = await world.addWorkspace();
  server = await world.addServer();
  grant = await world.grant(workspace.id, server.id);
});

describe('adding a rule', () => {
  it('stores it as it was given, and reads it by id and by name', async () => {
    const person = await world.addPerson();
    const { accessRule, snapshotRevision, userErrors } = await create({
      description: 'Only readers',
      effect: 'REQUIRE',
      capabilities: { kinds: ['TOOL'], patterns: ['delete_*'] },
      callers: { userIds: [person.id], workspaceRoles: ['MEMBER'], groups: ['Sales'] },
      condition: 'capability.annotations.readOnlyHint',
    });
    expect(userErrors).toEqual([]);
    expect(snapshotRevision).toBeGreaterThan(0);
    expect(accessRule).toMatchObject({
      enabled: true,
      effect: 'REQUIRE',
      capabilities: { kinds: ['TOOL'], patterns: ['delete_*'] },
      callers: {
        userIds: [person.id],
        organizationRoles: [],
        workspaceRoles: ['MEMBER'],
        groups: ['Sales'],
        apiKeyIds: [],
        serviceKeys: false,
      },
      condition: 'capability.annotations.readOnlyHint',
      mcpServer: null,
      accessGrant: { id: grant.id },
      version: 1,
    });
    expect((await plane.run(plane.adminKey, AccessRuleDocument, { id: accessRule!.id })).accessRule).toEqual(accessRule);
    const natural = { parentId: grant.id, name: accessRule!.name };
    expect((await plane.run(plane.adminKey, AccessRuleByNameDocument, natural)).accessRuleByName).toEqual(accessRule);
  });

  it('wants exactly one parent, that the caller may restrict', async () => {
    const stranger = await (await HubWorld.create(plane)).addPerson('OWNER');
    const manager = await world.addPerson('MEMBER', { workspaceId: workspace.id, role: 'MANAGER' });
    expect((await create({ mcpServerId: server.id })).userErrors).toMatchObject([{ code: 'INVALID' }]);
    expect((await create({ accessGrantId: null })).userErrors).toMatchObject([{ code: 'INVALID' }]);
    expect((await create({}, stranger.key)).userErrors).toMatchObject([{ code: 'NOT_FOUND', field: ['input', 'accessGrantId'] }]);
    expect((await create({}, manager.key)).userErrors).toEqual([]);
    const onServer = { ...draft(), accessGrantId: null, mcpServerId: server.id };
    const answer = await plane.send(manager.key, AccessRuleCreateDocument.toString(), { input: onServer });
    expect(answer.errors[0]?.extensions.code).toBe('FORBIDDEN');
  });

  it('answers TAKEN for a second rule of the name, and the first answer to a repeated request', async () => {
    const variables = { input: draft(), idempotencyKey: unique('once') };
    const { accessRuleCreate: first } = await plane.run(plane.adminKey, AccessRuleCreateDocument, variables);
    expect((await plane.run(plane.adminKey, AccessRuleCreateDocument, variables)).accessRuleCreate).toEqual(first);
    expect((await create({ name: first.accessRule!.name })).userErrors).toMatchObject([{ code: 'TAKEN', field: ['input', 'name'] }]);
    const onServer = { accessGrantId: null, mcpServerId: server.id, name: first.accessRule!.name };
    expect((await create(onServer)).userErrors).toEqual([]);
  });

  it('points at what is wrong with a condition', async () => {
    const { userErrors } = await create({ condition: 'caller.workspaceRole == "MEMBER" &&\n  caller.team == "a"' });
    expect(userErrors).toMatchObject([{ code: 'INVALID', field: ['input', 'condition'] }]);
    expect(userErrors[0]!.message).toMatch(/^Line 2, column 10 \("team"\): .*caller\.groups/);
    const check = async (condition: string) =>
      (await plane.run(plane.adminKey, AccessConditionCheckDocument, { condition })).accessConditionCheck;
    expect(await check('"a" in caller.groups')).toEqual({ isValid: true, fault: null });
    expect(await check('caller.team == "a"')).toMatchObject({ isValid: false, fault: { line: 1, column: 8, length: 4 } });
  });

  it('reports all faults together', async () => {
    const stranger = await (await HubWorld.create(plane)).addPerson();
    const { userErrors } = await create({ effect: 'REQUIRE', callers: { userIds: [stranger.id], apiKeyIds: ['key_nobody'] } });
    expect(userErrors.map(({ code, field }) => [code, field])).toEqual([
      ['INVALID', ['input', 'condition']],
      ['NOT_FOUND', ['input', 'callers', 'userIds', '0']],
      ['NOT_FOUND', ['input', 'callers', 'apiKeyIds', '0']],
    ]);
    const patterns = Array.from({ length: 201 }, (_, index) => `tool_${index}`);
    expect((await create({ name: ' ', capabilities: { patterns } })).userErrors).toHaveLength(2);
  });
});

describe('changing a rule', () => {
  it('sets what is given, clears what is null and leaves the rest', async () => {
    const { id } = (await create({ condition: 'true', description: 'why' })).accessRule!;
    const changed = await update(id, { enabled: false, description: null, capabilities: { patterns: ['x'] } });
    expect(changed).toMatchObject({
      accessRule: { enabled: false, description: null, condition: 'true', capabilities: { kinds: [], patterns: ['x'] }, version: 2 },
      userErrors: [],
    });
    expect((await update(id, { condition: null })).accessRule).toMatchObject({ condition: null });
    expect((await update(id, { effect: 'REQUIRE' })).userErrors).toMatchObject([{ code: 'INVALID', field: ['input', 'condition'] }]);
    expect((await update(id, { enabled: true }, 1)).userErrors).toMatchObject([{ code: 'STALE_VERSION' }]);
    expect((await plane.run(plane.adminKey, AccessRuleDocument, { id })).accessRule).toMatchObject({ effect: 'DENY', enabled: false });
  });

  it('deletes with a revision, and again without', async () => {
    const { id } = (await create({})).accessRule!;
    const remove = async () => (await plane.run(plane.adminKey, AccessRuleDeleteDocument, { id })).accessRuleDelete;
    expect(await remove()).toMatchObject({ deletedId: id, snapshotRevision: expect.any(Number), userErrors: [] });
    expect(await remove()).toEqual({ deletedId: id, snapshotRevision: null, userErrors: [] });
  });
});

it('lists the rules of servers and grants to whoever may see them', async () => {
  const [manager, member] = [
    await world.addPerson('MEMBER', { workspaceId: workspace.id, role: 'MANAGER' }),
    await world.addPerson('MEMBER', { workspaceId: workspace.id, role: 'MEMBER' }),
  ];
  const names = [(await create({})).accessRule!.name, (await create({})).accessRule!.name];
  const [onServer] = [(await create({ accessGrantId: null, mcpServerId: server.id })).accessRule!.name];
  const list = async (key: string) => {
    const answer = await plane.run(key, AccessRulesDocument, { mcpServerId: server.id, accessGrantId: grant.id });
    return [answer.mcpServer!, answer.accessGrant!].map(({ accessRules }) => accessRules.nodes.map(({ name }) => name));
  };
  expect(await list(plane.adminKey)).toEqual([[onServer], names]);
  expect(await list(manager.key)).toEqual([[], names]);
  expect(await list(member.key)).toEqual([[], []]);
});

function draft(): AccessRuleCreateInput {
  return { accessGrantId: grant.id, name: unique('rule'), effect: 'DENY' };
}

async function create(rest: Partial<AccessRuleCreateInput>, key = plane.adminKey) {
  return (await plane.run(key, AccessRuleCreateDocument, { input: { ...draft(), ...rest } })).accessRuleCreate;
}

async function update(id: string, input: AccessRuleUpdateInput, expectedVersion?: number) {
  return (await plane.run(plane.adminKey, AccessRuleUpdateDocument, { id, input, expectedVersion })).accessRuleUpdate;
}
