import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modernRequest, openMcpStream, openSession, sendMcp, toolCall } from '../support/mcp-request.ts';
import { withDiscover } from '../support/modern-stub.ts';
import { startStubbedServer } from '../support/stubbed-server.ts';
import { answerLegacy, frame, isMethod, openEventStream, type Answer, type StubMcpServer } from '../support/upstreams/stub-mcp-server.ts';
import type { Key, Server } from '../support/world.ts';

let stub: StubMcpServer;
let server: Server;
let key: Key;

beforeAll(async () => {
  ({ stub, server, key } = await startStubbedServer());
});

afterAll(() => stub.close());

/** Answers calls of tools with a stream that the test writes to, and everything else as a legacy server. */
function streamCalls(headers?: Record<string, string>): { readonly answer: Answer; readonly opened: Promise<ServerResponse> } {
  const { promise: opened, resolve } = Promise.withResolvers<ServerResponse>();
  const answer: Answer = (request, response) => {
    if (request.message?.method !== 'tools/call' && request.method !== 'GET') return answerLegacy(request, response);
    openEventStream(response, headers);
    resolve(response);
  };
  return { answer, opened };
}

const PROGRESS = { jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: 1, progress: 1 } };
const RESULT = { jsonrpc: '2.0', id: 2, result: { content: [] } };

describe('a stream', () => {
  it('shows its head before its first event, and each event when it is sent', async () => {
    const { answer, opened } = streamCalls({ 'cache-control': 'max-age=60', 'set-cookie': 'a=b' });
    const session = await openSession(server.url, key.plain);
    stub.answer(answer);
    const stream = await openMcpStream(server.url, {
      key: key.plain,
      session,
      body: toolCall(2, 'slow'),
      headers: { 'accept-encoding': 'gzip, br' },
    });
    expect(stream.status).toBe(200);
    expect(stream.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    });
    expect(stream.headers).not.toHaveProperty('content-encoding');
    expect(stream.headers).not.toHaveProperty('set-cookie');
    const upstream = await opened;
    upstream.write(frame(PROGRESS));
    expect(await stream.readUntil('\n\n')).toBe(frame(PROGRESS));
    upstream.write('data: {"half":');
    expect(await stream.readUntil('"half":')).toBe(`${frame(PROGRESS)}data: {"half":`);
    upstream.end('true}\n\n');
    expect(await stream.readAll()).toBe(`${frame(PROGRESS)}data: {"half":true}\n\n`);
  });

  it('asks the upstream for an answer that is not compressed', async () => {
    const received = await stub.waitFor(isMethod('tools/call'));
    expect(received.headers['accept-encoding']).toBe('identity');
  });

  it.each(['legacy', 'modern'])('that its client leaves is left upstream too (%s)', async (era) => {
    const { answer, opened } = streamCalls();
    const session = await openSession(server.url, key.plain);
    stub.answer(withDiscover(answer));
    stub.forget();
    const request = era === 'modern' ? modernRequest(2, 'tools/call', { name: 'slow' }) : { session, body: toolCall(2, 'slow') };
    const stream = await openMcpStream(server.url, { key: key.plain, ...request });
    (await opened).write(frame(PROGRESS));
    await stream.readUntil('\n\n');
    stream.leave();
    await (
      await stub.waitFor(isMethod('tools/call'))
    ).closed;
    const methods = stub.requests.map((received) => received.message?.method);
    expect(methods.filter((method) => method !== 'server/discover')).toEqual(['tools/call']);
  });

  it('that its client leaves before the first byte is left upstream too', async () => {
    const { promise: stalled, resolve } = Promise.withResolvers<void>();
    stub.forget();
    stub.answer(() => resolve());
    const leaving = new AbortController();
    const gone = expect(fetch(server.url, { ...fetchOptions(), signal: leaving.signal })).rejects.toThrow('abort');
    await stalled;
    leaving.abort();
    await (
      await stub.waitFor(isMethod('tools/call'))
    ).closed;
    await gone;
  });

  it('opened by GET carries what the server tells, resumes by Last-Event-ID, and keeps the ids of events', async () => {
    stub.answer(answerLegacy);
    const session = await openSession(server.url, key.plain);
    const { answer, opened } = streamCalls();
    stub.answer(answer);
    const stream = await openMcpStream(server.url, { key: key.plain, session, headers: { 'last-event-id': 'stream_7' } });
    (await opened).end(
      'id: stream_8\nretry: 100\ndata: \n\nid: stream_9\ndata: {"jsonrpc":"2.0","method":"notifications/tools/list_changed"}\n\n',
    );
    expect(await stream.readAll()).toContain('id: stream_9\ndata: {"jsonrpc":"2.0","method":"notifications/tools/list_changed"}\n\n');
    const received = await stub.waitFor((request) => request.method === 'GET');
    expect(received.headers).toMatchObject({ 'last-event-id': 'stream_7', 'mcp-session-id': 'stub-session-1' });
  });

  it('that breaks off upstream ends with an error for the call that waits', async () => {
    stub.answer(answerLegacy);
    const session = await openSession(server.url, key.plain);
    const { answer, opened } = streamCalls();
    stub.answer(answer);
    const stream = await openMcpStream(server.url, { key: key.plain, session, body: toolCall('call-7', 'dies') });
    const upstream = await opened;
    upstream.write(frame(PROGRESS));
    await stream.readUntil('\n\n');
    upstream.destroy();
    const last = (await stream.readAll()).trim().split('data: ').at(-1) ?? '';
    expect(JSON.parse(last)).toMatchObject({ jsonrpc: '2.0', id: 'call-7', error: { code: -32603 } });
  });

  it('that can be resumed is only cut, because its answer can still be fetched', async () => {
    stub.answer(answerLegacy);
    const session = await openSession(server.url, key.plain);
    const { answer, opened } = streamCalls();
    stub.answer(answer);
    const stream = await openMcpStream(server.url, { key: key.plain, session, body: toolCall(2, 'dies') });
    const upstream = await opened;
    upstream.write(`id: s_1\ndata: \n\n`);
    await stream.readUntil('\n\n');
    upstream.destroy();
    expect(await stream.readAll()).not.toContain('error');
  });

  it('and the answer of the client to a question travel apart', async () => {
    stub.answer(answerLegacy);
    const session = await openSession(server.url, key.plain);
    const { answer, opened } = streamCalls();
    stub.answer(answer);
    const stream = await openMcpStream(server.url, { key: key.plain, session, body: toolCall(2, 'asks') });
    const upstream = await opened;
    upstream.write(frame({ jsonrpc: '2.0', id: 'q1', method: 'roots/list' }));
    await stream.readUntil('q1');
    const reply = await sendMcp(server.url, { key: key.plain, session, body: { jsonrpc: '2.0', id: 'q1', result: { roots: [] } } });
    expect(reply.status).toBe(202);
    expect((await stub.waitFor((request) => request.message?.result !== undefined)).headers['mcp-session-id']).toBe('stub-session-1');
    upstream.end(frame(RESULT));
    expect(await stream.readAll()).toContain('"content":[]');
  });
});

function fetchOptions(): RequestInit {
  return {
    method: 'POST',
    headers: { authorization: `Bearer ${key.plain}`, 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify(toolCall(2, 'slow')),
  };
}
