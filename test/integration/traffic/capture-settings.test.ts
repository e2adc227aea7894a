import { beforeAll, expect, it } from 'vitest';
import { useSharedControlPlane, type TestControlPlane } from '../../support/control-plane.ts';
import { HubWorld } from '../../support/hub-world.ts';

let plane: TestControlPlane;
let world: HubWorld;

beforeAll(async () => {
  plane = await useSharedControlPlane();
  world = await HubWorld.create(plane);
});

interface Changed {
  readonly snapshotRevision: number | null;
  readonly userErrors: readonly { readonly code: string; readonly field: readonly string[] }[];
}

async function send<Data>(query: string, variables: object): Promise<Data> {
  const { data } = await plane.send<Data>(plane.adminKey, query, variables);
  return data!;
}

it('what is captured is set for a server and, before that, for a grant; it is off until then', async () => {
  const server = await world.addServer();
  const read = async () => {
    const { mcpServer } = await send<{ mcpServer: { payloadCapture: string } }>(
      'query ($id: ID!) { mcpServer(id: $id) { payloadCapture } }',
      server,
    );
    return mcpServer.payloadCapture;
  };
  const update = async (payloadCapture: string | null) => {
    const { mcpServerUpdate } = await send<{ mcpServerUpdate: Changed }>(
      'mutation ($id: ID!, $input: McpServerUpdateInput!) { mcpServerUpdate(id: $id, input: $input) { snapshotRevision userErrors { code field } } }',
      { id: server.id, input: { payloadCapture } },
    );
    return mcpServerUpdate;
  };
  expect(await read()).toBe('OFF');
  expect((await update('ARGUMENTS')).snapshotRevision).toBeGreaterThan(0);
  expect(await read()).toBe('ARGUMENTS');
  expect((await update(null)).userErrors).toMatchObject([{ code: 'INVALID', field: ['input', 'payloadCapture'] }]);

  const workspace = await world.addWorkspace();
  const { accessGrantCreate } = await send<{ accessGrantCreate: { accessGrant: { id: string; payloadCapture: string | null } } }>(
    'mutation ($input: AccessGrantCreateInput!) { accessGrantCreate(input: $input) { accessGrant { id payloadCapture } } }',
    { input: { workspaceId: workspace.id, mcpServerId: server.id } },
  );
  expect(accessGrantCreate.accessGrant.payloadCapture).toBeNull();
  for (const payloadCapture of ['ARGUMENTS_AND_RESULTS', 'OFF', null]) {
    const { accessGrantUpdate } = await send<{ accessGrantUpdate: Changed & { accessGrant: object } }>(
      'mutation ($id: ID!, $input: AccessGrantUpdateInput!) { accessGrantUpdate(id: $id, input: $input) { accessGrant { payloadCapture } userErrors { code field } } }',
      { id: accessGrantCreate.accessGrant.id, input: { payloadCapture } },
    );
    expect(accessGrantUpdate).toEqual({ accessGrant: { payloadCapture }, userErrors: [] });
  }
});
