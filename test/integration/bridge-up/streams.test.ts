import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startBridgeGateway, type BridgeGateway } from '../../support/bridge-gateway.ts';
import { openMcpStream, openSession, sendMcp, toolCall, type McpStream } from '../../support/mcp-request.ts';
import { answerModern, openSubscription } from '../../support/modern-stub.ts';
import { isMethod, openEventStream, stubMcpServer, type StubMcpServer } from '../../support/upstreams/stub-mcp-server.ts';

let stub: StubMcpServer;
let gateway: BridgeGateway;
let url: string;
let notify: ((method: string, params?: object) => void)[];
let cut: (() => void)[];

beforeAll(async () => {
  stub = await stubMcpServer();
  gateway = await startBridgeGateway({ servers: { stub: { upstreamUrl: stub.url } } });
  url = gateway.processes[0]!.url('stub');
});

beforeEach(() => {
  notify = [];
  cut = [];
  stub.forget();
  stub.answer(
    answerModern({
      'subscriptions/listen': (message, response) => {
        notify.push(openSubscription(message, response));
        cut.push(() => response.destroy());
        return undefined;
      },
    }),
  );
});

afterAll(() => Promise.all([gateway.close(), stub.close()]));

const request = (id: number, method: string, params: object = {}) => ({ jsonrpc: '2.0', id, method, params });

async function openStream(session: string): Promise<McpStream> {
  const stream = await openMcpStream(url, { key: gateway.key, session });
  await stub.waitFor(isMethod('subscriptions/listen'));
  return stream;
}

describe('the GET stream of a legacy client', () => {
  it('tells of list changes without the marks of the modern era, and closes the subscription with itself', async () => {
    const session = await openSession(url, gateway.key);
    const stream = await openStream(session);
    expect(stream.headers['content-type']).toBe('text/event-stream');
    notify[0]!('notifications/tools/list_changed');
    expect(await stream.readUntil('list_changed')).toContain(
      'data: {"jsonrpc":"2.0","method":"notifications/tools/list_changed","params":{}}',
    );
    const listen = await stub.waitFor(isMethod('subscriptions/listen'));
    expect(listen.message?.params?.['notifications']).toEqual({ toolsListChanged: true });
    stream.leave();
    await listen.closed;
  });

  it('is widened by a subscription to a resource and narrowed again', async () => {
    const session = await openSession(url, gateway.key);
    const stream = await openStream(session);
    const subscribe = request(2, 'resources/subscribe', { uri: 'test://a' });
    expect((await sendMcp(url, { key: gateway.key, session, body: subscribe })).message()).toMatchObject({ id: 2, result: {} });
    const wider = stub.requests.findLast(isMethod('subscriptions/listen'));
    expect(wider?.message?.params?.['notifications']).toEqual({ toolsListChanged: true, resourceSubscriptions: ['test://a'] });
    await stub.requests.find(isMethod('subscriptions/listen'))!.closed;
    notify[1]!('notifications/resources/updated', { uri: 'test://a' });
    await stream.readUntil('"method":"notifications/resources/updated","params":{"uri":"test://a"}');
    const unsubscribe = request(3, 'resources/unsubscribe', { uri: 'test://a' });
    expect((await sendMcp(url, { key: gateway.key, session, body: unsubscribe })).message()).toMatchObject({ id: 3, result: {} });
    await wider!.closed;
    stream.leave();
  });

  it('is opened again when the upstream loses it, and announces what may have been missed', async () => {
    const session = await openSession(url, gateway.key);
    const stream = await openStream(session);
    stub.forget();
    cut[0]!();
    expect(await stream.readUntil('notifications/tools/list_changed')).toContain('list_changed');
    expect(stub.requests.filter(isMethod('subscriptions/listen'))).toHaveLength(1);
    stream.leave();
  });

  it('gives way to the next one of the same session', async () => {
    const session = await openSession(url, gateway.key);
    const first = await openStream(session);
    const second = await openStream(session);
    await first.readAll();
    second.leave();
  });

  it('ends with its session', async () => {
    const session = await openSession(url, gateway.key);
    const stream = await openStream(session);
    await sendMcp(url, { key: gateway.key, session, method: 'DELETE' });
    await stream.readAll();
    await stub.requests.find(isMethod('subscriptions/listen'))!.closed;
  });
});

describe('a call under way', () => {
  it('is canceled upstream when the client says so, and its answer ends without a response', async () => {
    stub.answer(
      answerModern({
        'tools/call': (_message, response) => {
          openEventStream(response);
          return undefined;
        },
      }),
    );
    const session = await openSession(url, gateway.key);
    const stream = await openMcpStream(url, { key: gateway.key, session, body: toolCall('slow', 'slow') });
    const call = await stub.waitFor(isMethod('tools/call'));
    const cancel = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'slow' } };
    expect((await sendMcp(url, { key: gateway.key, session, body: cancel })).status).toBe(202);
    await call.closed;
    expect(await stream.readAll()).toBe('');
  });

  it('goes on upstream when only the connection of its client is lost: in the legacy era that cancels nothing', async () => {
    let finish: () => void = () => undefined;
    stub.answer(
      answerModern({
        'tools/call': (message, response) => {
          openEventStream(response);
          finish = () =>
            void response.end(`data: {"jsonrpc":"2.0","id":${String(message.id)},"result":{"resultType":"complete","content":[]}}\n\n`);
          return undefined;
        },
      }),
    );
    const session = await openSession(url, gateway.key);
    const stream = await openMcpStream(url, { key: gateway.key, session, body: toolCall(1, 'slow') });
    const call = await stub.waitFor(isMethod('tools/call'));
    stream.leave();
    const ping = await sendMcp(url, { key: gateway.key, session, body: request(2, 'ping') });
    expect(ping.status).toBe(200);
    let isClosed = false;
    void call.closed.then(() => (isClosed = true));
    expect(isClosed).toBe(false);
    finish();
    await call.closed;
  });
});
