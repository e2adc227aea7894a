import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, mkdir, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startPostgres, type RunningPostgres } from '../../../embedded/postgres.ts';

/** Creating a cluster is work for processor and disk; a machine that does much else at the same time takes its time. */
vi.setConfig({ testTimeout: 120_000 });

let directory: string;
const running: RunningPostgres[] = [];

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'sluice-embedded-postgres-'));
  await chmod(directory, 0o711); // started by root, PostgreSQL runs as another user
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
  await rm(directory, { recursive: true, force: true });
});

async function start(options: { password?: string; durable?: boolean } = {}): Promise<RunningPostgres> {
  const server = await startPostgres({ dataDir: path.join(directory, 'data'), durable: false, ...options });
  running.push(server);
  return server;
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

test('keeps what was committed, over a stop and over being killed, and says how it ended', async () => {
  const first = await start({ durable: true });
  await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
  await first.stop();
  const second = await start({ durable: true });
  await query(second.url, 'INSERT INTO kept VALUES (43)');
  await second.kill();
  expect((await second.exited).log).toContain('immediate shutdown');
  const third = await start({ durable: true });
  expect(await query(third.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }, { answer: 43 }]);
});

test('where its user cannot reach the wanted folder, the data is outside, and the folder says where', async () => {
  await chmod(directory, 0o700);
  const first = await start();
  await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
  await first.stop();
  const second = await start();
  expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  const inside = path.join(directory, 'data');
  if (second.dataDir.startsWith(inside)) return; // an ordinary user runs it as itself and reaches whatever it owns
  expect((await readFile(path.join(inside, 'moved-to'), 'utf8')).trim()).toBe(path.dirname(second.dataDir));
  await second.stop();
  await rm(path.dirname(second.dataDir), { recursive: true });
});

test('a creation that died in the middle is done again; nobody is let in without the password', async () => {
  await mkdir(path.join(directory, 'data', 'postgres-18.staging', 'half'), { recursive: true });
  const server = await start({ password: 'correct horse' });
  expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  const wrong = new URL(server.url);
  wrong.password = 'wrong';
  await expect(query(wrong.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
});

test('a taken port is an error that carries what the server wrote', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const taken = startPostgres({ dataDir: path.join(directory, 'data'), durable: false, port });
  const message = expect.stringContaining(String(port)) as string;
  await expect(taken).rejects.toMatchObject({ name: 'EmbeddedError', fault: 'start_failed', message });
  other.close();
});

test('ends with the process that started it, also where that is killed', async () => {
  const starter = fork(new URL('fixtures/start-postgres.ts', import.meta.url), [path.join(directory, 'data')], { silent: true });
  const { url } = await messageOf(starter);
  expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  starter.kill('SIGKILL');
  await vi.waitFor(() => expect(query(url, 'SELECT 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' }), { timeout: 10_000, interval: 50 });
});

async function messageOf(child: ChildProcess): Promise<{ url: string }> {
  const [message] = (await once(child, 'message')) as [{ url: string }];
  return message;
}
