import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Request } from 'express';
import { buildSchema, type GraphQLSchema } from 'graphql';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openLogger } from '../../foundation/logger.ts';
import { LiveQueue, LiveSources, type LiveTopic } from '../api/live.ts';
import type { Access } from '../authorization/index.ts';
import type { RequestAuthenticator } from './authenticate-request.ts';
import { LiveHandler } from './live-handler.ts';

const TOPIC: LiveTopic<object, string> = { name: 'told' };
const SECOND_MS = 1_000;

let server: Server;
let access: Access;
let pushed: LiveQueue<string>[];
let served: Promise<void>[];
let handler: LiveHandler;

beforeEach(async () => {
  // Only what the handler waits for: the sockets go on as they are.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
  access = accessOf('OWNER');
  pushed = [];
  served = [];
  handler = new LiveHandler({
    schema: schemaOf(),
    em: { fork: () => ({}) } as unknown as EntityManager,
    authenticator: { authenticate: async () => access } as unknown as RequestAuthenticator,
    sources: new LiveSources().bind(TOPIC, async (_args, _context, signal) => {
      const queue = new LiveQueue<string>(10, signal);
      pushed.push(queue);
      return queue;
    }),
    logger: openLogger({ service: 'control-plane', level: 'silent' }),
    watchRights: () => () => undefined,
  });
  server = createServer((req, res) => void served.push(serve(req, res)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  vi.useRealTimers();
  handler.stop();
  server.closeAllConnections();
  server.close();
});

function accessOf(role: 'OWNER' | 'MEMBER'): Access {
  const actor = { kind: 'service', keyId: 'key_1', scopes: ['API_READ'] } as const;
  return { actor, organizationRoles: new Map([['org_1', role]]), workspaceSeats: new Map() };
}

function schemaOf(): GraphQLSchema {
  const schema = buildSchema('type Query { nothing: String } type Subscription { told: String }');
  const field = schema.getSubscriptionType()!.getFields()['told']!;
  field.subscribe = (_root, args: object, { live }: { live: { sources: LiveSources; signal: AbortSignal } }) =>
    live.sources.open(TOPIC, args, {} as never, live.signal);
  field.resolve = (text: unknown) => text;
  return schema;
}

/** The body was read by what stands before the handler. */
async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
  await handler.handle(Object.assign(req, { body: { query: 'subscription { told }' } }) as Request, res);
}

/** A client that reads when it is told to. */
async function follow(): Promise<{ socket: Socket; readUntil: (text: string) => Promise<string> }> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => undefined); // the server ends it
  socket.write('POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\naccept: text/event-stream\r\ncontent-length: 0\r\n\r\n');
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  const readUntil = async (wanted: string) => {
    while (!text.includes(wanted)) await once(socket, 'data');
    const read = text;
    text = '';
    return read;
  };
  await readUntil(':\n\n');
  return { socket, readUntil };
}

it('sends a comment every twelve seconds, so that nobody takes the stream for dead', async () => {
  const { readUntil, socket } = await follow();
  for (let round = 0; round < 2; round++) {
    vi.advanceTimersByTime(11_999);
    pushed[0]!.push(`event ${round}`);
    expect(await readUntil(`event ${round}`)).not.toContain(':\n\n');
    vi.advanceTimersByTime(1);
    await readUntil(':\n\n');
  }
  socket.destroy();
  await served[0];
});

it('ends the stream of whoever has read nothing for half a minute, and lets go of what waits for them', async () => {
  const { socket } = await follow();
  const timers = vi.getTimerCount();
  socket.pause();
  pushed[0]!.push('x'.repeat(32 * 1024 * 1024)); // more than the sockets hold between them
  await vi.waitUntil(() => vi.getTimerCount() > timers, { interval: 0 });
  let isServed = false;
  void served[0]!.then(() => (isServed = true));
  vi.advanceTimersByTime(30 * SECOND_MS - 1);
  await new Promise(setImmediate);
  expect(isServed).toBe(false);
  vi.advanceTimersByTime(1);
  await served[0];
  expect(vi.getTimerCount()).toBe(0);
  socket.resume();
  await once(socket, 'close');
});

it('ends within fifteen seconds when the caller may do something else than before', async () => {
  const { socket, readUntil } = await follow();
  vi.advanceTimersByTime(15 * SECOND_MS);
  await new Promise(setImmediate);
  pushed[0]!.push('still here');
  await readUntil('still here');
  access = accessOf('MEMBER');
  vi.advanceTimersByTime(15 * SECOND_MS);
  await served[0];
  await once(socket, 'end');
});

it('cuts off a follower for whom too much waits', async () => {
  const { socket } = await follow();
  for (let event = 0; event < 12; event++) pushed[0]!.push(`event ${event}`);
  await served[0];
  await once(socket, 'end');
});
