import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { html } from './html.ts';
import { routePages, type PageRoute } from './page-router.ts';
import { sendPage } from './send-page.ts';

const routes: PageRoute[] = [
  {
    method: 'GET',
    path: '/connect/:workspace/:server',
    handle: ({ params, url }, res) => sendPage(res, { title: 'Connect', body: html`${JSON.stringify(params)} ${url.search}` }),
  },
  {
    method: 'POST',
    path: '/sign-in',
    handle: ({ form }, res) => sendPage(res, { title: 'Sign in', body: html`${form.get('email')}` }),
  },
];

const handler = routePages(routes);
const server = createServer((req, res) => void handler(req, res, () => res.writeHead(404).end('passed on')));
let origin = '';

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

function post(body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${origin}/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body,
  });
}

test('names the parts of a path, decoded', async () => {
  const answer = await fetch(`${origin}/connect/team%20one/notes?x=1`);
  expect(answer.status).toBe(200);
  const body = await answer.text();
  expect(body).toContain('team one');
  expect(body).toContain('?x=1');
});

test.each(['/other', '/connect/a', '/connect/a/b/c', '/connect/%E0%A4%A/b', '/connect/%00/b'])('passes %s on', async (path) => {
  const answer = await fetch(origin + path);
  expect([answer.status, await answer.text()]).toEqual([404, 'passed on']);
});

test('reads a form', async () => {
  const answer = await post('email=a%40b.example');
  expect(await answer.text()).toContain('a@b.example');
});

test('names the methods that a path has', async () => {
  const answer = await fetch(`${origin}/sign-in`);
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
});

test('answers HEAD like GET', async () => {
  expect((await fetch(`${origin}/connect/a/b`, { method: 'HEAD' })).status).toBe(200);
});

test.each([
  ['of another site', 'email=a', { 'sec-fetch-site': 'cross-site' }, 403],
  ['of a sibling of this host', 'email=a', { 'sec-fetch-site': 'same-site' }, 403],
  ['that is too large', `email=${'a'.repeat(40_000)}`, {}, 413],
  ['of another kind', '{}', { 'content-type': 'application/json' }, 415],
  ['with a NUL', 'email=%00', {}, 400],
])('refuses a form %s', async (_name, body, headers, status) => {
  expect((await post(body, headers as Record<string, string>)).status).toBe(status);
});
