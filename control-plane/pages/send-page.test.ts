import { createHash } from 'node:crypto';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { html } from './html.ts';
import { sendOnward, sendPage, sendRedirect, toFormAction } from './send-page.ts';

function openResponse() {
  const res = new ServerResponse(new IncomingMessage(new Socket()));
  let sent = '';
  res.end = ((body?: string) => {
    sent = body ?? '';
    return res;
  }) as typeof res.end;
  return { res, body: () => sent };
}

test('a page can be neither framed, cached, scripted nor told about', () => {
  const { res } = openResponse();
  sendPage(res, { title: 'T', body: html`` });
  expect(res.getHeaders()).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  const policy = String(res.getHeader('content-security-policy'));
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("form-action 'self';");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).toContain("base-uri 'none'");
  expect(policy).not.toContain('script-src');
});

test('the style sheet in the page is the one that the policy names', () => {
  const { res, body } = openResponse();
  sendPage(res, { title: 'T', body: html`` });
  const [, styles = ''] = /<style>([^]*)<\/style>/.exec(body()) ?? [];
  const hash = createHash('sha256').update(styles).digest('base64');
  expect(String(res.getHeader('content-security-policy'))).toContain(`style-src 'sha256-${hash}'`);
});

test('the title is the heading, and is escaped', () => {
  const { res, body } = openResponse();
  sendPage(res, { title: 'A <b>', body: html`<p>text</p>`, status: 404 });
  expect(res.statusCode).toBe(404);
  expect(body()).toContain('<title>A &lt;b&gt; · Sluice</title>');
  expect(body()).toContain('<h1>A &lt;b&gt;</h1>\n<p>text</p>');
  expect(body()).toContain('<html lang="en">');
});

test('forms may lead where the page says', () => {
  const { res } = openResponse();
  const formActions = ['https://app.example/callback?x=1', 'cursor://oauth/callback', 'http://127.0.0.1:3334/', 'http://[::1]:3334/'].map(
    toFormAction,
  );
  sendPage(res, { title: 'T', body: html``, formActions });
  expect(String(res.getHeader('content-security-policy'))).toContain(
    "form-action 'self' https://app.example cursor: http://127.0.0.1:3334 http:;",
  );
});

test('a redirect turns a POST into a GET and is not cached', () => {
  const { res } = openResponse();
  sendRedirect(res, '/account');
  expect(res.statusCode).toBe(303);
  expect(res.getHeaders()).toMatchObject({ location: '/account', 'cache-control': 'no-store' });
});

test('a page in between leads on at once, and by a link where a browser does not', () => {
  const { res, body } = openResponse();
  sendOnward(res, '/a?b=1&c=2');
  expect(res.getHeader('refresh')).toBe('0; url=/a?b=1&c=2');
  expect(body()).toContain('<a href="/a?b=1&amp;c=2">Continue</a>');
});
