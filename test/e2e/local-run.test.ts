import { chmod, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { reserveFreePort } from '../../embedded/ports.ts';
import { Browser } from '../support/browser.ts';
import { findPastedServer, isAlive, StartedRun } from '../support/local-run.ts';
import { TEST_PASSWORD } from '../support/web-sign-in.ts';

/** Each test starts everything, some of them twice; on a busy machine that takes its time. */
vi.setConfig({ testTimeout: 400_000, hookTimeout: 60_000 });

const RUNNING = 'Sluice is running.';

let dataDir: string;
let ports: string[];
const runs: StartedRun[] = [];

beforeEach(async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'sluice-local-run-'));
  await chmod(directory, 0o711); // started by root, PostgreSQL runs as another user
  dataDir = path.join(directory, 'data');
  ports = ['--control-plane-port', String(await reserveFreePort()), '--data-plane-port', String(await reserveFreePort())];
});

afterEach(async () => {
  await Promise.all(runs.splice(0).map((run) => run.stop()));
  await rm(path.dirname(dataDir), { recursive: true, force: true });
});

function launch(...options: string[]): StartedRun {
  const run = new StartedRun(dataDir, [...ports, ...options]);
  runs.push(run);
  return run;
}

async function start(...options: string[]): Promise<StartedRun> {
  const run = launch(...options);
  await run.waitFor(RUNNING);
  return run;
}

/** What a person does with the printed configuration. */
async function convertMiles({ url, headers }: ReturnType<typeof findPastedServer>): Promise<unknown> {
  const client = new Client({ name: 'test', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
  try {
    const result = await client.callTool({ name: 'convert_units', arguments: { value: 10, from: 'mi', to: 'km' } });
    return result.structuredContent;
  } finally {
    await client.close();
  }
}

async function askApi(run: StartedRun): Promise<unknown> {
  const [, url = ''] = /GraphQL API\s+(\S+)/.exec(run.output) ?? [];
  const [, key = ''] = /Administrator API key\s+(\S+)/.exec(run.output) ?? [];
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ query: '{ organizationBySlug(slug: "local") { slug } }' }),
  });
  return response.json();
}

/** What a person does with the printed link, and the page that then says who they are. */
async function useSignInLink({ output }: StartedRun): Promise<string> {
  const [link = ''] = /http:\/\/\S+\/sign-in\/link\/\S+/.exec(output) ?? [];
  const browser = new Browser();
  const entered = { 'New password': TEST_PASSWORD, 'The same again': TEST_PASSWORD };
  await browser.press(await browser.open(link), 'Set password and sign in', entered);
  return (await browser.open(new URL('/account', link).href)).text;
}

const KILOMETERS = { value: 16.09344, unit: 'km' };

test('what the first start prints works pasted as it is, is printed once, and goes on working after kill -9', async () => {
  const first = await start();
  const pasted = findPastedServer(first.output);
  expect(await convertMiles(pasted)).toEqual(KILOMETERS);
  expect(await askApi(first)).toEqual({ data: { organizationBySlug: { slug: 'local' } } });
  expect(await useSignInLink(first)).toContain('administrator@example.com');

  const second = launch();
  expect(await second.exited).toBe(1);
  expect(second.errors).toMatch(/^Sluice is running in .* already \(process \d+\)\. .*--data-dir\.\n$/);
  expect(second.output).toBe('');

  const children = await first.childPids();
  expect(children.length).toBe(4);
  first.signal('SIGKILL');
  await first.exited;
  const third = await start();
  expect(children.filter(isAlive)).toEqual([]);
  expect(third.output).not.toContain('slc_');
  expect(third.output).toContain('apiKeyCreate');
  expect(await convertMiles(pasted)).toEqual(KILOMETERS);
});

test('a first start that was killed in the middle is completed by the next one; Ctrl-C then stops everything', async () => {
  const first = launch();
  await first.waitFor('control plane  ready');
  first.signal('SIGKILL');
  await first.exited;
  const second = await start();
  expect(await convertMiles(findPastedServer(second.output))).toEqual(KILOMETERS);

  const children = await second.childPids();
  second.signal('SIGINT');
  expect(await second.exited).toBe(0);
  expect(children.filter(isAlive)).toEqual([]);
  expect((await readdir(dataDir)).toSorted()).toEqual(['data-plane', 'logs', 'postgres', 'secrets.json', 'state.json']);
  expect((await stat(path.join(dataDir, 'secrets.json'))).mode & 0o777).toBe(0o600);
});

test('with --empty there is no sample; and a process that dies is reported in one clear line, and everything stops', async () => {
  const run = await start('--empty');
  expect(run.output).not.toContain('mcpServers');
  expect(await askApi(run)).toEqual({ data: { organizationBySlug: { slug: 'local' } } });

  const children = await run.childPids();
  expect(children.length).toBe(3);
  const [redis = 0] = children;
  process.kill(redis, 'SIGKILL');
  expect(await run.exited).toBe(1);
  expect(run.errors.split('\n')[0]).toMatch(/^Redis ended unexpectedly \(SIGKILL\)\. Its log is .*redis\.log\.$/);
  expect(children.filter(isAlive)).toEqual([]);
});

test('a taken port is named in one line, with who needs it and the flag', async () => {
  const other = createServer().listen(Number(ports[1]), '127.0.0.1');
  await once(other, 'listening');
  const run = launch();
  expect(await run.exited).toBe(1);
  expect(run.errors).toBe(
    `Port ${ports[1]}, which the control plane needs, is taken by another program. Choose another one with --control-plane-port.\n`,
  );
  other.close();
});

test('an unknown option is one clear line', async () => {
  const run = launch('--data-plain-port', '1');
  expect(await run.exited).toBe(64);
  expect(run.errors).toBe('There is no option --data-plain-port. See npm start -- --help\n');
});
