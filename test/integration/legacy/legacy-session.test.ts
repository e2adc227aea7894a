import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EgressPolicy } from '../../../contract/egress-policy.ts';
import type { RpcNotification, RpcRequest } from '../../../data-plane/mcp/json-rpc.ts';
import { LegacySession, type CallEnd } from '../../../data-plane/legacy/legacy-session.ts';
import { NEWEST_LEGACY_REVISION } from '../../../data-plane/mcp/legacy-revisions.ts';
import type { LegacyUpstream } from '../../../data-plane/legacy/legacy-transport.ts';
import type { JsonObject } from '../../../data-plane/mcp/message.ts';
import { ListChanges } from '../../../data-plane/upstream/list-changes.ts';
import { UpstreamPools } from '../../../data-plane/upstream/upstream-pools.ts';
import { startEverythingServer, type EverythingServer } from '../../support/upstreams/everything-server.ts';
import { startFixtureServer, type FixtureServer } from '../../support/upstreams/fixture-server.ts';

const pools = new UpstreamPools(EgressPolicy.parse('loopback'));
const CLIENT = {
  protocolVersion: NEWEST_LEGACY_REVISION,
  clientInfo: { name: 'test', version: '1' },
  capabilities: { elicitation: {}, sampling: {}, roots: {} },
};

function upstreamAt(url: string, transport: 'STREAMABLE_HTTP' | 'SSE'): LegacyUpstream {
  const server = {
    kind: 'server' as const,
    id: 'mcps_1',
    slug: 's',
    name: 's',
    organizationId: 'org_1',
    upstreamUrl: url,
    transport,
    authentication: 'NONE' as const,
    granularity: 'ORGANIZATION' as const,
    maxRequestBytes: 1_000_000,
  };
  const listChanges = new ListChanges(() => Promise.resolve());
  return { server, credential: { headers: [] }, pools, listChanges, headTimeoutMs: 10_000 };
}

/** A session, and everything that belonged to no call. */
async function openSession(url: string, transport: 'STREAMABLE_HTTP' | 'SSE') {
  const seen: (RpcNotification | RpcRequest)[] = [];
  const opened = await LegacySession.open(upstreamAt(url, transport), CLIENT, {
    onNotification: (notification) => void seen.push(notification),
    onServerRequest: (request) => {
      seen.push(request);
      if (opened.ok) opened.value.respond(request, answerTo(request));
    },
    onLost: () => undefined,
  });
  if (!opened.ok) throw new Error(JSON.stringify(opened.error));
  return { session: opened.value, seen };
}

function answerTo(request: RpcRequest): JsonObject {
  if (request.method === 'roots/list') return { roots: [{ uri: 'file:///root' }] };
  if (request.method === 'sampling/createMessage') return { role: 'assistant', model: 'm', content: { type: 'text', text: 'sampled' } };
  return { action: 'accept', content: { username: 'u', email: 'u@example.com' } };
}

async function call(session: LegacySession, name: string, args: JsonObject = {}) {
  const seen: (RpcNotification | RpcRequest)[] = [];
  const end = await new Promise<CallEnd>((resolve) => {
    session.request(
      'tools/call',
      { name, arguments: args, _meta: { progressToken: 'mine' } },
      {
        onNotification: (notification) => void seen.push(notification),
        onServerRequest: (request) => {
          seen.push(request);
          session.respond(request, answerTo(request));
        },
        onEnd: resolve,
      },
    );
  });
  return { text: end.kind === 'answer' ? JSON.stringify(end.answer.result ?? end.answer.error) : JSON.stringify(end.rejection), seen };
}

describe('LegacySession with the fixture over Streamable HTTP', () => {
  let fixture: FixtureServer;
  beforeAll(async () => void (fixture = await startFixtureServer({ eras: 'legacy' })));
  afterAll(() => fixture.close());

  it('calls, and hands on progress under the token of the client', async () => {
    const { session } = await openSession(fixture.url, 'STREAMABLE_HTTP');
    expect(session.initialized.serverInfo).toMatchObject({ name: 'sluice-fixture' });
    const { text, seen } = await call(session, 'test_tool_with_progress');
    expect(text).toContain('Progress reported');
    expect(seen.map(({ params }) => params?.['progress'])).toEqual([0, 50, 100]);
    expect(seen.every(({ params }) => params?.['progressToken'] === 'mine')).toBe(true);
    await session.close();
  });

  it('resumes a call whose stream the server ended', async () => {
    const { session } = await openSession(fixture.url, 'STREAMABLE_HTTP');
    expect((await call(session, 'test_reconnection')).text).toContain('Reconnection test completed');
    await session.close();
  });

  it('answers what the server asks in the middle of a call', async () => {
    const { session } = await openSession(fixture.url, 'STREAMABLE_HTTP');
    const { text, seen } = await call(session, 'test_elicitation', { message: 'who?' });
    expect(seen.map((message) => message.method)).toEqual(['elicitation/create']);
    expect(text).toContain('u@example.com');
    await session.close();
  });

  it('tells a call that its session was lost before anybody worked on it', async () => {
    const { session } = await openSession(fixture.url, 'STREAMABLE_HTTP');
    await fixture.loseSessions();
    const end = await new Promise<CallEnd>((resolve) => {
      session.request('tools/list', {}, { onNotification: () => undefined, onServerRequest: () => undefined, onEnd: resolve });
    });
    expect(end).toMatchObject({ kind: 'fault', isUntouched: true, rejection: { reason: 'session_unknown' } });
    expect(session.isOver).toBe(true);
  });
});

describe.each([
  ['streamableHttp', 'STREAMABLE_HTTP'],
  ['sse', 'SSE'],
] as const)('LegacySession with server-everything over %s', (mode, transport) => {
  let everything: EverythingServer;
  beforeAll(async () => void (everything = await startEverythingServer(mode)));
  afterAll(() => everything.close());

  it('calls, with progress', async () => {
    const { session } = await openSession(everything.url, transport);
    expect((await call(session, 'echo', { message: 'hello' })).text).toContain('hello');
    const { seen } = await call(session, 'trigger-long-running-operation', { duration: 0.2, steps: 2 });
    expect(seen.map(({ params }) => params?.['progress'])).toEqual([1, 2]);
    await session.close();
  });

  it('answers sampling and elicitation requests', async () => {
    const { session, seen } = await openSession(everything.url, transport);
    const sampled = await call(session, 'trigger-sampling-request', { prompt: 'p' });
    expect(sampled.text).toContain('sampled');
    expect([...seen, ...sampled.seen].map((message) => message.method)).toContain('sampling/createMessage');
    await session.close();
  });

  it('runs many calls at once', async () => {
    const { session } = await openSession(everything.url, transport);
    const texts = await Promise.all(Array.from({ length: 50 }, (_, n) => call(session, 'echo', { message: `m${n}.` })));
    expect(texts.map(({ text }, n) => text.includes(`m${n}.`))).not.toContain(false);
    await session.close();
  });
});
