// Trust boundary: what a browser gets to run as the console. The page carries the token that makes its requests count as the person's,
// so it is sent only where that person is signed in, is not framed, and runs no script but the console's own.
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WebSession, WebSessions } from '../identity/index.ts';
import { isLocalPath, sendRedirect, toFormAction, type PageHandler } from '../pages/index.ts';
import { ConsoleFiles } from './console-files.ts';

/** What the console works with. */
export interface ConsoleParts {
  /** Where the console may send calls to try a tool. */
  readonly gatewayUrl: string;
}

/** Below it, everything of the console. The build knows it too: `clients/console/vite.config.ts`. */
const HOME = '/console/';
const ASSETS = `${HOME}assets/`;
const NONCE_BYTES = 16;

/** Serves the console that `npm run build` made. */
export class ConsoleHost {
  readonly home = HOME;
  readonly #files: ConsoleFiles;
  readonly #gatewaySource: string;

  private constructor(files: ConsoleFiles, gatewaySource: string) {
    this.#files = files;
    this.#gatewaySource = gatewaySource;
  }

  /** Undefined where the console was not built. */
  static async open({ gatewayUrl }: ConsoleParts): Promise<ConsoleHost | undefined> {
    const files = await ConsoleFiles.read();
    return files === undefined ? undefined : new ConsoleHost(files, toFormAction(gatewayUrl));
  }

  handlers(sessions: WebSessions): PageHandler[] {
    return [(req, res, next) => this.#handle(sessions, req, res, next)];
  }

  async #handle(sessions: WebSessions, req: IncomingMessage, res: ServerResponse, next: () => void): Promise<void> {
    if (req.method !== 'GET' && req.method !== 'HEAD') return next();
    const target = req.url ?? '';
    const [pathname = ''] = target.split('?', 1);
    if (pathname === '/' || pathname === HOME.slice(0, -1)) return sendRedirect(res, HOME);
    if (pathname.startsWith(ASSETS)) return this.#sendAsset(req, res, pathname.slice(ASSETS.length));
    if (!pathname.startsWith(HOME)) return next();
    const session = await sessions.find(req);
    if (session !== undefined) return this.#sendPage(res, session);
    const query = isLocalPath(target) ? `?${new URLSearchParams({ return_to: target }).toString()}` : '';
    sendRedirect(res, `/sign-in${query}`);
  }

  #sendPage(res: ServerResponse, session: WebSession): void {
    const nonce = randomBytes(NONCE_BYTES).toString('base64url');
    res.setHeader('content-security-policy', this.#toPolicy(nonce));
    res.setHeader('x-frame-options', 'DENY');
    res.setHeader('referrer-policy', 'same-origin');
    res.setHeader('cross-origin-opener-policy', 'same-origin');
    res.setHeader('cache-control', 'no-store'); // the token in it belongs to one session
    res.setHeader('x-content-type-options', 'nosniff');
    res.setHeader('content-type', 'text/html; charset=utf-8');
    // Both are base64url, which needs no escaping in an attribute.
    res.end(this.#files.page.replaceAll('__NONCE__', nonce).replaceAll('__CSRF__', session.csrfToken));
  }

  /** No inline script, and no other origin but the gateway's. The nonce is for the style sheets that the component library writes. */
  #toPolicy(nonce: string): string {
    return [
      `default-src 'none'`,
      `script-src 'self'`,
      `style-src 'self' 'nonce-${nonce}'`,
      `img-src 'self' data:`,
      `font-src 'self'`,
      `connect-src 'self' ${this.#gatewaySource}`,
      `form-action 'self'`,
      `frame-ancestors 'none'`,
      `base-uri 'none'`,
    ].join('; ');
  }

  /** Names of assets contain a hash of what is in them, so a browser asks once. */
  async #sendAsset(req: IncomingMessage, res: ServerResponse, name: string): Promise<void> {
    const file = this.#files.find(name);
    res.setHeader('x-content-type-options', 'nosniff');
    if (file === undefined) return void res.writeHead(404, { 'cache-control': 'no-store', 'content-type': 'text/plain' }).end('Not found.');
    const accepted = (req.headers['accept-encoding'] ?? '').split(',').map((part) => part.trim().split(';', 1)[0]);
    const encoding = file.encodings.find(({ token }) => accepted.includes(token));
    const body = await this.#files.load(file, encoding);
    res.setHeader('cache-control', 'public, max-age=31536000, immutable');
    res.setHeader('vary', 'accept-encoding');
    res.setHeader('content-type', file.contentType);
    res.setHeader('content-length', body.length);
    if (encoding !== undefined) res.setHeader('content-encoding', encoding.token);
    res.end(req.method === 'HEAD' ? undefined : body);
  }
}
