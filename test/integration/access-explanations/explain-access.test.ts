import { beforeAll, expect, it } from 'vitest';
import {
  AccessRuleCreateDocument,
  ConnectionCreateDocument,
  ExplainAccessDocument,
  type ExplainAccessInput,
} from '../../support/generated/graphql.ts';
import { useSharedControlPlane, type TestControlPlane } from '../../support/control-plane.ts';
import { eventually } from '../../support/eventually.ts';
import { HubWorld } from '../../support/hub-world.ts';

let plane: TestControlPlane;

beforeAll(async () => {
  plane = await useSharedControlPlane();
});

it('answers by the published revision, with the rule and the credential', async () => {
  const world = await HubWorld.create(plane);
  const workspace = await world.addWorkspace();
  const server = await world.addServer({ authentication: 'CUSTOM_HEADERS' });
  const grant = await world.grant(workspace.id, server.id);
  const member = await world.addPerson('MEMBER', { workspaceId: workspace.id, role: 'MEMBER' });
  const stranger = await world.addPerson();
  const connection = await plane.run(plane.adminKey, ConnectionCreateDocument, {
    input: { mcpServerId: server.id, subjectId: world.organizationId, headers: [{ name: 'X-Api-Key', value: 'value' }] },
  });
  const { accessRuleCreate } = await plane.run(plane.adminKey, AccessRuleCreateDocument, {
    input: {
      accessGrantId: grant.id,
      name: 'Staging only',
      effect: 'REQUIRE',
      capabilities: { patterns: ['deploy'] },
      condition: 'arguments.environment == "staging"',
    },
  });
  const place = { workspaceId: workspace.id, mcpServerId: server.id };
  const ask = async (rest: Partial<ExplainAccessInput>) =>
    (await plane.run(plane.adminKey, ExplainAccessDocument, { input: { ...place, userId: member.id, ...rest } })).explainAccess;
  const deploy = { kind: 'TOOL', name: 'deploy' } as const;
  await eventually(async () => expect((await ask({}))?.revision).toBeGreaterThanOrEqual(accessRuleCreate.snapshotRevision!));

  expect(await ask({})).toMatchObject({ isAllowed: true, level: 'PEOPLE', reason: 'default_user_access', accessRule: null });
  expect(await ask(deploy)).toMatchObject({ isAllowed: true, dependsOnArguments: true });
  expect(await ask({ ...deploy, arguments: '{"environment":"staging"}' })).toMatchObject({
    isAllowed: true,
    connection: { id: connection.connectionCreate.connection!.id },
  });
  expect(await ask({ ...deploy, arguments: '{"environment":"production"}' })).toMatchObject({
    isAllowed: false,
    level: 'WORKSPACE',
    reason: 'requirement_not_met',
    accessRule: { id: accessRuleCreate.accessRule!.id },
  });
  expect(await ask({ userId: stranger.id })).toMatchObject({ isAllowed: false, level: null, reason: 'caller_not_admitted' });
  expect(await ask({ userId: null, apiKeyId: 'key_nobody' })).toMatchObject({ isAllowed: false, reason: 'caller_not_admitted' });
  expect(await ask({ mcpServerId: 'mcps_nobody' })).toMatchObject({ isAllowed: false, reason: 'server_not_routed' });
  const faulty = await plane.send(plane.adminKey, ExplainAccessDocument.toString(), {
    input: { ...place, userId: member.id, arguments: '[' },
  });
  expect(faulty.errors[0]?.extensions.code).toBe('BAD_REQUEST');
});
