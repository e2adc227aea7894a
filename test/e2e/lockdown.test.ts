import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSession, sendMcp, toolCall } from '../support/mcp-request.ts';
import { startStubbedServer, type StubbedServer } from '../support/stubbed-server.ts';
import { answerLegacy, isMethod } from '../support/upstreams/stub-mcp-server.ts';

let stubbed: StubbedServer;

beforeAll(async () => {
  stubbed = await startStubbedServer();
  stubbed.stub.answer(answerLegacy);
});
afterAll(() => stubbed.stub.close());

it('a lockdown of a server, a workspace, a person or a key holds on every data plane with its revision, and ends', async () => {
  const { server, stub, world } = stubbed;
  const person = await world.addPerson();
  const [own, service] = [await world.addKey({ person }), await world.addKey()];
  await world.enforced();
  const urls = world.gateway.replicas.map(({ url }) => url + server.path);
  const subjects = [
    { id: server.id, stopped: [own, service] },
    { id: world.workspace.id, stopped: [own, service] },
    { id: person.id, stopped: [own] },
    { id: service.id, stopped: [service] },
  ];
  for (const { id, stopped } of subjects) {
    const sessions = await Promise.all(stopped.map((key) => openSession(server.url, key.plain)));
    const call = (url: string, at: number) =>
      sendMcp(url, { key: stopped[at]!.plain, session: sessions[at]!, body: toolCall(1, 'test_simple_text') });
    const { lockdown } = await world.api.run<{ lockdown: { id: string } }>(
      `mutation ($input: LockdownCreateInput!) {
        lockdownCreate(input: $input) { lockdown { id } snapshotRevision userErrors { code message field } }
      }`,
      { input: { subjectId: id } },
      'lockdownCreate',
    );
    await world.enforced();
    stub.forget();
    for (const url of urls) for (const at of stopped.keys()) expect([401, 404]).toContain((await call(url, at)).status);
    expect(stub.requests.filter(isMethod('tools/call'))).toEqual([]);
    await world.api.run(
      `mutation ($id: ID!) { lockdownDelete(id: $id) { snapshotRevision userErrors { code message field } } }`,
      { id: lockdown.id },
      'lockdownDelete',
    );
    await world.enforced();
    for (const key of stopped) expect(await openSession(server.url, key.plain)).not.toBe('');
  }
});
