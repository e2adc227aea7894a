// Trust boundary: requests of browsers for pages. A form is read up to its limit, and only in the encoding that browsers use for forms
// without files, and not at all where the browser says that another site sent it; what a page does with it is the page's business.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { err, ok, type Result } from '../../foundation/result.ts';
import { html } from './html.ts';
import { sendPage } from './send-page.ts';

/** A request for a page. */
export interface PageRequest {
  readonly req: IncomingMessage;
  /** The path and query as the browser asked for them, on an origin that means nothing. */
  readonly url: URL;
  /** The named parts of the route's path. */
  readonly params: Readonly<Record<string, string>>;
  /** What a POST brought; empty for a GET. */
  readonly form: URLSearchParams;
  /** Where the request comes from, as far as the listener trusts what it is told; see `SLUICE_TRUSTED_PROXIES`. */
  readonly address: string;
}

/** What answers one method of one path. */
export interface PageRoute {
  readonly method: 'GET' | 'POST';
  /** A path with named parts: `/connect/:workspace/:server`. */
  readonly path: string;
  handle(request: PageRequest, res: ServerResponse): Promise<void> | void;
}

/** A handler that can stand in the list of the listener's handlers. */
export type PageHandler = (req: IncomingMessage, res: ServerResponse, next: () => void) => Promise<void>;

interface FormRefusal {
  readonly status: 400 | 403 | 413 | 415;
  readonly title: string;
}

/** The largest form that is read, in bytes. */
const MAX_FORM_BYTES = 32 * 1024;

/** Answers the requests that one of the routes is for and passes all others on. */
export function routePages(routes: readonly PageRoute[]): PageHandler {
  const matchers = routes.map((route) => ({ route, match: compilePath(route.path) }));
  return async (req, res, next) => {
    const url = parseTarget(req);
    const found = matchers.flatMap(({ route, match }) => {
      const params = url === undefined ? undefined : match(url.pathname);
      return params === undefined ? [] : [{ route, params }];
    });
    if (url === undefined || found.length === 0) return next();
    const chosen = found.find(({ route }) => route.method === (req.method === 'HEAD' ? 'GET' : req.method));
    if (chosen === undefined) return refuseMethod(res, [...new Set(found.map(({ route }) => route.method))]);
    const form = chosen.route.method === 'POST' ? await readForm(req) : ok(new URLSearchParams());
    if (!form.ok) return refuseForm(res, form.error);
    await chosen.route.handle({ req, url, params: chosen.params, form: form.value, address: findAddress(req) }, res);
  };
}

/** The listener's framework has looked at the proxies in between (Express, `req.ip`). */
function findAddress(req: IncomingMessage & { readonly ip?: string }): string {
  return req.ip ?? req.socket.remoteAddress ?? 'unknown';
}

/** The target on a fixed origin: the `Host` header has no say in what a page does. */
function parseTarget(req: IncomingMessage): URL | undefined {
  const target = req.url ?? '';
  // PostgreSQL has no text with a NUL in it, so nothing can be found by one.
  return target.startsWith('/') && !target.includes('%00') && URL.canParse(`http://localhost${target}`)
    ? new URL(`http://localhost${target}`)
    : undefined;
}

function compilePath(path: string): (pathname: string) => Record<string, string> | undefined {
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
  const pattern = new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/:\w+/g, '([^/]+)')}$`);
  return (pathname) => {
    const found = pattern.exec(pathname);
    if (found === null) return undefined;
    const decoded = found.slice(1).map(decodePart);
    return decoded.includes(undefined) ? undefined : Object.fromEntries(names.map((name, position) => [name, decoded[position]!]));
  };
}

function decodePart(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined; // not percent-encoding: nothing has such a name
  }
}

function refuseMethod(res: ServerResponse, methods: readonly string[]): void {
  res.setHeader('allow', methods.join(', '));
  sendPage(res, { title: 'Not possible', status: 405, body: html`<p>This page cannot be used that way.</p>` });
}

function refuseForm(res: ServerResponse, refusal: FormRefusal): void {
  res.setHeader('connection', 'close'); // what was not read of the form is not read any more
  sendPage(res, { ...refusal, body: html`<p>Nothing was changed. Go back, reload the page and try again.</p>` });
}

async function readForm(req: IncomingMessage): Promise<Result<URLSearchParams, FormRefusal>> {
  // Fetch Metadata (W3C), section 2.3: what another site sends is a forgery. Browsers that do not say where from are stopped by the tokens.
  if (!['same-origin', 'none', undefined].includes(req.headers['sec-fetch-site']))
    return err({ status: 403, title: 'Sent by another site' });
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(req.headers['content-type'] ?? ''))
    return err({ status: 415, title: 'Not a form' });
  const chunks: Buffer[] = [];
  let size = 0;
  // The stream must outlive a form that is too large: the refusal is sent on the same socket.
  for await (const chunk of req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_FORM_BYTES) return err({ status: 413, title: 'The form is too large' });
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  return text.includes('%00') || text.includes('\0') ? err({ status: 400, title: 'Not a form' }) : ok(new URLSearchParams(text));
}
