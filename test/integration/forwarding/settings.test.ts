import { beforeAll, describe, expect, it } from 'vitest';
import { useSharedControlPlane, type TestControlPlane } from '../../support/control-plane.ts';
import { McpServerForwardingDocument, McpServerUpdateDocument, type McpServerForwardingInput } from '../../support/generated/graphql.ts';
import { HubWorld } from '../../support/hub-world.ts';

let plane: TestControlPlane;
let world: HubWorld;

beforeAll(async () => {
  plane = await useSharedControlPlane();
  world = await HubWorld.create(plane);
});

async function update(id: string, forwarding: Partial<McpServerForwardingInput> | null) {
  const input = { forwarding: forwarding === null ? null : { headers: [], ...forwarding } };
  return (await plane.run(plane.adminKey, McpServerUpdateDocument, { id, input })).mcpServerUpdate;
}

const read = async (id: string) => (await plane.run(plane.adminKey, McpServerForwardingDocument, { id })).mcpServer!.forwarding;

describe('what is forwarded', () => {
  it('is nothing, until it is set, and again when it is cleared', async () => {
    const { id } = await world.addServer();
    expect(await read(id)).toBeNull();
    const { snapshotRevision } = await update(id, {
      headers: [{ from: 'X-Tenant', to: 'X-Customer' }, { from: 'X-Trace' }],
      identityHeader: 'X-Who',
    });
    expect(snapshotRevision).toBeGreaterThan(0);
    const headers = [{ from: 'x-tenant', to: 'X-Customer' }, { from: 'x-trace', to: 'X-Trace' }]; // prettier-ignore
    expect(await read(id)).toEqual({ headers, identityHeader: 'X-Who', claimsHeader: null });
    await update(id, null);
    expect(await read(id)).toBeNull();
  });

  it.each([
    [{ headers: [{ from: 'Authorization' }] }, ['headers', '0', 'from']],
    [{ headers: [{ from: 'Cookie', to: 'x-cookie' }] }, ['headers', '0', 'from']],
    [{ headers: [{ from: 'x-a', to: 'Mcp-Session-Id' }] }, ['headers', '0', 'to']],
    [{ headers: [{ from: 'x-a', to: 'bad name' }] }, ['headers', '0', 'to']],
    [{ identityHeader: 'authorization' }, ['identityHeader']],
    [{ claimsHeader: 'x-forwarded-for' }, ['claimsHeader']],
    [{ headers: [{ from: 'x-a', to: 'X-Who' }], identityHeader: 'x-who' }, ['headers']],
    [{ identityHeader: 'x-who', claimsHeader: 'X-WHO' }, ['headers']],
    [{ headers: Array.from({ length: 21 }, (_, i) => ({ from: `x-${i}` })) }, ['headers']],
  ])('is never %j', async (forwarding, path) => {
    const { id } = await world.addServer();
    expect((await update(id, forwarding)).userErrors).toMatchObject([{ code: 'INVALID', field: ['input', 'forwarding', ...path] }]);
  });
});
