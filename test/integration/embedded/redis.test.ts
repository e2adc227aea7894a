import { once } from 'node:events';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { Redis } from 'ioredis';
import { afterEach, expect, test } from 'vitest';
import { startRedis, type RunningRedis } from '../../../embedded/redis.ts';

let server: RunningRedis | undefined;

afterEach(async () => {
  await server?.stop();
  server = undefined;
});

function open(url: string): Redis {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
  redis.on('error', () => undefined); // the answer to the command carries it
  return redis;
}

test('stops at once, whoever is still connected, and forgets everything', async () => {
  server = await startRedis();
  const redis = open(server.url);
  await redis.set('key', 'value');
  await server.stop();
  server = await startRedis({ port: server.port });
  const again = open(server.url);
  expect(await again.get('key')).toBeNull();
  again.disconnect();
});

test('asks for its password', async () => {
  server = await startRedis({ password: 'correct horse' });
  const inside = open(server.url);
  expect(await inside.set('key', 'value')).toBe('OK');
  inside.disconnect();
  const outside = open(`redis://127.0.0.1:${server.port}`);
  await expect(outside.get('key')).rejects.toThrow(/NOAUTH/);
  outside.disconnect();
});

test('delivers to a sharded subscriber what a script publishes', async () => {
  server = await startRedis({ password: 'secret' });
  const [subscriber, writer] = [open(server.url), open(server.url)];
  await subscriber.ssubscribe('{sluice:test}:changed');
  const message = once(subscriber, 'smessage');
  await writer.eval(`return redis.call('SPUBLISH', KEYS[1], ARGV[1])`, 1, '{sluice:test}:changed', '7');
  expect(await message).toEqual(['{sluice:test}:changed', '7']);
  subscriber.disconnect();
  writer.disconnect();
});

test('listens on loopback only', async () => {
  server = await startRedis();
  const outside = Object.values(networkInterfaces())
    .flat()
    .find((address) => address?.family === 'IPv4' && !address.internal);
  if (outside === undefined) return; // a machine without a network has nothing to be open to
  const socket = connect(server.port, outside.address);
  await expect(once(socket, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});
