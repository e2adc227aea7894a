import type { ServerResponse } from 'node:http';
import { html, Html } from './html.ts';
import { LOGO_URL } from './logo.ts';
import { STYLE_SHEET, STYLE_SOURCE } from './style-sheet.ts';

/** A page as a feature describes it. */
export interface Page {
  /** Names the page in the browser's tab, and is its heading. */
  readonly title: string;
  readonly body: Html;
  /** 200 unless another one is given. */
  readonly status?: number;
  /** Where the forms of the page may lead beside this origin, redirects that follow included; see {@link toFormAction}. */
  readonly formActions?: readonly string[];
}

/** Sends a page with everything that keeps it from being framed, cached, scripted or told about. */
export function sendPage(res: ServerResponse, page: Page): void {
  setPageHeaders(res, page.formActions ?? []);
  res.statusCode = page.status ?? 200;
  res.setHeader('content-type', 'text/html; charset=utf-8');
  res.end(renderLayout(page).toString());
}

/** Sends the browser on with a GET, whatever the method of the request was (RFC 9110 section 15.4.4). */
export function sendRedirect(res: ServerResponse, location: string): void {
  setPageHeaders(res, []);
  res.statusCode = 303;
  res.setHeader('location', location);
  res.end();
}

/**
 * Sends the browser on from a page in between, at once. After a form whose way on is not known beforehand: `form-action` of the form's
 * page holds for redirects too, and ends here.
 */
export function sendOnward(res: ServerResponse, path: string): void {
  res.setHeader('refresh', `0; url=${path}`);
  sendPage(res, { title: 'One moment', body: html`<p><a href="${path}">Continue</a></p>` });
}

/**
 * A URL as a source of `form-action`. Browsers apply that directive to redirects after a form was posted, so a page whose form ends at
 * another origin must name it. What a policy cannot express as a host, such as an IPv6 address, is named by its scheme.
 */
export function toFormAction(url: string): string {
  const { protocol, host, origin } = new URL(url);
  const isHost = (protocol === 'https:' || protocol === 'http:') && /^[a-z0-9.-]+(:\d+)?$/i.test(host);
  return isHost ? origin : protocol;
}

function setPageHeaders(res: ServerResponse, formActions: readonly string[]): void {
  const policy = [
    `default-src 'none'`,
    `style-src ${STYLE_SOURCE}`,
    `img-src 'self' data:`,
    `form-action ${["'self'", ...formActions].join(' ')}`,
    `frame-ancestors 'none'`,
    `base-uri 'none'`,
  ];
  res.setHeader('content-security-policy', policy.join('; '));
  res.setHeader('x-frame-options', 'DENY');
  res.setHeader('referrer-policy', 'no-referrer');
  res.setHeader('cache-control', 'no-store');
  res.setHeader('x-content-type-options', 'nosniff');
}

function renderLayout({ title, body }: Page): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" type="image/svg+xml" href="${LOGO_URL}">
<title>${title} · Sluice</title>
<style>${new Html(STYLE_SHEET)}</style>
</head>
<body>
<header>Sluice</header>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`;
}
