import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ServerDocument } from '../../../contract/snapshot.ts';
import type { UpstreamToken } from '../../../contract/upstream-token.ts';
import { err, ok, type Result } from '../../../foundation/result.ts';
import type { TokenFailure, TokenRefusal, TokenSource } from '../../../data-plane/upstream/tokens/token-source.ts';
import { modernRequest, openMcpStream, openSession, sendMcp, toolCall } from '../../support/mcp-request.ts';
import { connectionsDocument } from '../../support/test-snapshot.ts';
import { startTokenGateway, type TokenGateway } from '../../support/token-gateway.ts';
import { startFixtureServer, type FixtureServer } from '../../support/upstreams/fixture-server.ts';
import { startSseFixtureServer } from '../../support/upstreams/sse-fixture-server.ts';
import { startTokenGuard, type TokenGuard } from '../../support/upstreams/token-guard.ts';

/** The control plane, as far as tokens are concerned: it hands out the token that the upstream wants, unless the test says otherwise. */
class TestTokens implements TokenSource {
  readonly asked: { readonly connectionId: string; readonly refusal: TokenRefusal | undefined }[] = [];
  answer: ((serial: number) => Result<UpstreamToken, TokenFailure>) | undefined;
  #serial = 0;

  obtain({ id: connectionId }: { readonly id: string }, refusal?: TokenRefusal): Promise<Result<UpstreamToken, TokenFailure>> {
    this.asked.push({ connectionId, refusal });
    const serial = ++this.#serial;
    const token = () => ok({ accessToken: guards[connectionId.slice('con_'.length)]!.accepted, serial, epoch: 0 });
    return Promise.resolve(this.answer?.(serial) ?? token());
  }
}

const tokens = new TestTokens();
const guards: Record<string, TokenGuard> = {};
let upstreams: { close(): Promise<void> }[];
let legacy: FixtureServer;
let world: TokenGateway;
let key: string;

const CELLS = ['legacy', 'modern', 'sse', 'dead', 'silent'] as const;

beforeAll(async () => {
  const [modern, sse] = await Promise.all([startFixtureServer({ eras: 'modern' }), startSseFixtureServer()]);
  legacy = await startFixtureServer({ eras: 'legacy' });
  upstreams = [legacy, modern, sse];
  const urls = { legacy: legacy.url, modern: modern.url, sse: sse.url, dead: legacy.url, silent: legacy.url };
  for (const cell of CELLS) guards[cell] = await startTokenGuard(urls[cell]);
  const servers = Object.fromEntries(
    CELLS.map((cell): [string, Partial<ServerDocument> & { upstreamUrl: string }] => [
      cell,
      {
        upstreamUrl: guards[cell]!.url,
        authentication: 'OAUTH',
        granularity: 'USER',
        transport: cell === 'sse' ? 'SSE' : 'STREAMABLE_HTTP',
      },
    ]),
  );
  const documents = CELLS.filter((cell) => cell !== 'silent').map((cell) =>
    connectionsDocument(`mcps_${cell}`, [{ id: `con_${cell}`, subjectId: 'usr_1', ...(cell === 'dead' && { needsAuthorization: true }) }]),
  );
  world = await startTokenGateway({ servers, documents, tokens });
  ({ key } = world.gateway);
});

afterAll(async () => {
  await world.close();
  await Promise.all([...Object.values(guards).map((guard) => guard.close()), ...upstreams.map((upstream) => upstream.close())]);
});

beforeEach(() => {
  tokens.answer = undefined;
  tokens.asked.length = 0;
});

const urlOf = (cell: string) => world.gateway.processes[0]!.url(cell);
let rotations = 0;

/** From here on the token that the gateway has is not good any longer. */
function rotate(cell: string): void {
  guards[cell]!.accepted = `token-${cell}-${++rotations}`;
  guards[cell]!.presented.length = 0;
}

async function call(cell: string, era: 'legacy' | 'modern', session?: string) {
  const name = 'test_simple_text';
  if (era === 'modern') return sendMcp(urlOf(cell), { key, ...modernRequest(1, 'tools/call', { name, arguments: {} }) });
  return sendMcp(urlOf(cell), { key, body: toolCall(1, name), ...(session !== undefined && { session }) });
}

describe('a token that the upstream refuses in the middle of a session', () => {
  it.each<[string, string, 'legacy' | 'modern']>([
    ['a call that is passed through', 'legacy', 'legacy'],
    ['a call of a legacy client to a modern upstream', 'modern', 'legacy'],
    ['a call of a legacy client to an upstream with SSE', 'sse', 'legacy'],
  ])('is replaced, and %s is sent again in its session', async (_name, cell, era) => {
    const session = await openSession(urlOf(cell), key);
    expect((await call(cell, era, session)).message().result).toBeDefined();
    rotate(cell);
    const answer = await call(cell, era, session);
    expect(JSON.stringify(answer.message().result)).toContain('simple text response');
    expect(guards[cell]!.presented.at(-1)).toBe(guards[cell]!.accepted);
    expect(tokens.asked.filter(({ refusal }) => refusal !== undefined)).toHaveLength(1);
  });
});

describe('where nobody can replace it', () => {
  const needsAuthorization = () => err({ reason: 'needs_authorization' } as const);

  it('a caller with a key gets the link to connect, in the message and beside it', async () => {
    for (const cell of ['dead', 'silent']) {
      const answer = await call(cell, 'legacy');
      const url = `${world.issuer.issuer}/connect/test/${cell}`;
      expect(answer.status).toBe(200);
      expect(answer.message()).toMatchObject({ id: 1, error: { message: expect.stringContaining(url), data: { url } } });
      expect(guards[cell]!.presented).toEqual([]);
    }
  });

  it('a client that signed in is sent to do so again', async () => {
    for (const cell of ['dead', 'silent']) {
      const token = await world.sign({ aud: `http://127.0.0.1/test/${cell}/mcp` });
      for (const method of ['POST', 'GET', 'DELETE'] as const) {
        const answer = await sendMcp(urlOf(cell), { key: token, method, ...(method === 'POST' && { body: toolCall(1, 'x') }) });
        expect(answer.status).toBe(401);
        expect(answer.headers['www-authenticate']).toMatch(/^Bearer resource_metadata="[^"]+", scope="mcp", error="invalid_token"$/);
      }
    }
  });

  it('a stream is refused with 403, because nobody reads a response on it', async () => {
    const answer = await sendMcp(urlOf('dead'), { key });
    expect(answer.status).toBe(403);
  });

  it('an upstream that refuses the new token as well leads to a person', async () => {
    const fresh = await startTokenGateway({ servers: legacyServer(), documents: [ofLegacy()], tokens });
    const { key: freshKey, processes } = fresh.gateway;
    tokens.answer = (serial) => ok({ accessToken: `never-${serial}`, serial, epoch: 0 });
    guards['legacy']!.presented.length = 0;
    const answer = await sendMcp(processes[0]!.url('legacy'), { key: freshKey, body: toolCall(1, 'x') });
    expect(answer.message().error?.data).toEqual({ url: `${fresh.issuer.issuer}/connect/test/legacy` });
    expect(guards['legacy']!.presented).toHaveLength(2);
    await fresh.close();
  });

  it('a connection that is found to be dead leads to a person', async () => {
    const fresh = await startTokenGateway({ servers: legacyServer(), documents: [ofLegacy()], tokens });
    tokens.answer = needsAuthorization;
    const token = await fresh.sign({ aud: 'http://127.0.0.1/test/legacy/mcp' });
    expect((await fresh.send(token, 'test/legacy')).status).toBe(401);
    await fresh.close();
  });

  it('an outage is an outage: nobody is sent to sign in', async () => {
    const fresh = await startTokenGateway({ servers: legacyServer(), documents: [ofLegacy()], tokens });
    tokens.answer = () => err({ reason: 'unavailable', retryAfterMs: 5_000 });
    const token = await fresh.sign({ aud: 'http://127.0.0.1/test/legacy/mcp' });
    const answer = await fresh.send(token, 'test/legacy');
    expect([answer.status, answer.headers['retry-after'], answer.headers['www-authenticate']]).toEqual([503, '5', undefined]);
    await fresh.close();
  });
});

describe('bridges and streams', () => {
  it('the probe for the era and the pooled session of a modern client get past a refusal', async () => {
    const fresh = await startTokenGateway({ servers: legacyServer(), documents: [ofLegacy()], tokens });
    tokens.answer = (serial) => ok({ accessToken: tokens.asked.length === 1 ? 'stale' : guards['legacy']!.accepted, serial, epoch: 0 });
    tokens.asked.length = 0;
    const request = { key: fresh.gateway.key, ...modernRequest(1, 'tools/call', { name: 'test_simple_text', arguments: {} }) };
    const answer = await sendMcp(fresh.gateway.processes[0]!.url('legacy'), request);
    expect(JSON.stringify(answer.message())).toContain('simple text response');
    await fresh.close();
  });

  it('a stream is opened with a new token', async () => {
    const fresh = await startTokenGateway({ servers: legacyServer(), documents: [ofLegacy()], tokens });
    const url = fresh.gateway.processes[0]!.url('legacy');
    const session = await openSession(url, fresh.gateway.key);
    rotate('legacy');
    const stream = await openMcpStream(url, { key: fresh.gateway.key, session });
    expect(stream.status).toBe(200);
    stream.leave();
    await fresh.close();
  });
});

const legacyServer = () => ({
  legacy: { upstreamUrl: guards['legacy']!.url, authentication: 'OAUTH' as const, granularity: 'USER' as const },
});
const ofLegacy = () => connectionsDocument('mcps_legacy', [{ id: 'con_legacy', subjectId: 'usr_1' }]);
