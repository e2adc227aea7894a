import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EgressPolicy } from '../../../contract/egress-policy.ts';
import { SessionPool, type PoolLimits } from '../../../data-plane/bridge/down/session-pool.ts';
import type { AdmittedCall } from '../../../data-plane/upstream/forwarder.ts';
import type { UpstreamCredential } from '../../../data-plane/upstream/credential.ts';
import { ListChanges } from '../../../data-plane/upstream/list-changes.ts';
import { UpstreamPools } from '../../../data-plane/upstream/upstream-pools.ts';
import {
  answerLegacy,
  frame,
  isMethod,
  openEventStream,
  stubMcpServer,
  type StubMcpServer,
} from '../../support/upstreams/stub-mcp-server.ts';
import { serverDocument } from '../../support/test-snapshot.ts';

const LIMITS: PoolLimits = { maxSessions: 3, maxSessionsPerCaller: 2, idleMs: 60_000 };
const CREDENTIAL: UpstreamCredential = { headers: ['x-token', 'a'] };

let stub: StubMcpServer;
let pools: UpstreamPools;
let opened: SessionPool[];

beforeEach(async () => {
  stub = await stubMcpServer();
  pools = new UpstreamPools(EgressPolicy.parse('loopback'));
  opened = [];
});

afterEach(async () => {
  for (const pool of opened) await pool.close();
  pools.close();
  await stub.close();
});

function openPool(limits: Partial<PoolLimits> = {}): SessionPool {
  const pool = new SessionPool({
    pools,
    listChanges: new ListChanges(() => Promise.resolve()),
    headTimeoutMs: 5_000,
    limits: { ...LIMITS, ...limits },
  });
  opened.push(pool);
  return pool;
}

function callOf(caller: string, credential: UpstreamCredential = CREDENTIAL): AdmittedCall {
  const server = serverDocument('stub', { upstreamUrl: stub.url });
  return { caller: { id: caller }, target: { server }, credential } as unknown as AdmittedCall;
}

const helloOf = (name: string) => ({ protocolVersion: '2025-11-25', clientInfo: { name }, capabilities: {} });
const initializes = () => stub.requests.filter(isMethod('initialize')).length;
const goodbye = () => stub.waitFor((request) => request.method === 'DELETE');

describe('the sessions of bridged calls', () => {
  it('are shared by calls of one caller’s client, also while they are opened', async () => {
    const pool = openPool();
    const sessions = await Promise.all([1, 2, 3].map(() => pool.acquire(callOf('ada'), helloOf('client'))));
    expect(new Set(sessions.map((session) => session.ok && session.value)).size).toBe(1);
    expect(initializes()).toBe(1);
  });

  it('are never shared between callers, credentials, or clients that say something else', async () => {
    const pool = openPool({ maxSessions: 10, maxSessionsPerCaller: 10 });
    await pool.acquire(callOf('ada'), helloOf('client'));
    await pool.acquire(callOf('bob'), helloOf('client'));
    await pool.acquire(callOf('ada', { headers: ['x-token', 'b'] }), helloOf('client'));
    await pool.acquire(callOf('ada'), helloOf('other'));
    expect([pool.size, initializes()]).toEqual([4, 4]);
  });

  it('are ended with DELETE when nobody uses them, however much the upstream has to say', async () => {
    const chatter: NodeJS.Timeout[] = [];
    stub.answer((request, response) => {
      if (request.method !== 'GET') return answerLegacy(request, response);
      openEventStream(response);
      chatter.push(setInterval(() => response.write(frame({ jsonrpc: '2.0', method: 'notifications/message' })), 5));
    });
    const pool = openPool({ idleMs: 20 });
    await pool.acquire(callOf('ada'), helloOf('client'));
    await goodbye();
    for (const timer of chatter) clearInterval(timer);
    expect(pool.size).toBe(0);
  });

  it('give way to others when there are too many: the one unused for longest', async () => {
    const pool = openPool();
    for (const name of ['one', 'two', 'three']) expect((await pool.acquire(callOf('ada'), helloOf(name))).ok).toBe(true);
    await goodbye();
    expect(pool.size).toBe(LIMITS.maxSessionsPerCaller);
  });

  it('are refused where none can give way', async () => {
    const pool = openPool({ maxSessionsPerCaller: 1 });
    const session = await pool.acquire(callOf('ada'), helloOf('one'));
    if (!session.ok) throw new Error(session.error.rejection.reason);
    session.value.subscriptions.add({ filter: {}, onNotification: () => undefined, onEnd: () => undefined });
    expect(await pool.acquire(callOf('ada'), helloOf('two'))).toMatchObject({ error: { rejection: { reason: 'too_many_sessions' } } });
  });

  it('are all ended when the process stops', async () => {
    const pool = openPool();
    await pool.acquire(callOf('ada'), helloOf('one'));
    await pool.close();
    expect(stub.requests.filter((request) => request.method === 'DELETE')).toHaveLength(1);
  });
});
