// Trust boundary: every request to the authorization server, from anybody. Bodies are read up to a limit and brought into the form that
// the library insists on; what addresses its answers name is configuration, whatever `Host` and `X-Forwarded-*` say.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import { toRegistrationOutcome, type RegistrationCounts } from '../registration-counts.ts';
import type { RequestLimit } from '../request-limit.ts';
import type { ServerDirectory } from '../server-directory.ts';
import { shapeAuthorizationQuery, shapeTokenForm } from '../shim/authorization-request.ts';
import { shapeRegistration } from '../shim/registration.ts';
import { answerPreflight, openToBrowsers } from './cross-origin.ts';
import { isMediaType, readBody } from './read-body.ts';
import { toProviderRequest } from './to-provider-request.ts';

/** What answers the requests. */
export interface ProviderHandlerParts {
  readonly issuer: string;
  /** The present one: keys that come and go make another. */
  readonly provider: () => Provider;
  readonly servers: ServerDirectory;
  readonly limit: RequestLimit;
  readonly registrations: RegistrationCounts;
}

type Handler = (req: IncomingMessage, res: ServerResponse, next: () => void) => Promise<void>;

/** What is served, with its method. Browsers send people to the first; the others are called by clients, some of which live in a page. */
const ROUTES: Readonly<Record<string, 'GET' | 'POST'>> = {
  '/authorize': 'GET',
  '/token': 'POST',
  '/register': 'POST',
  '/revoke': 'POST',
  '/jwks': 'GET',
  '/.well-known/oauth-authorization-server': 'GET',
  '/.well-known/openid-configuration': 'GET',
};

/** Answers what the authorization server is asked and passes everything else on. */
export function makeProviderHandler(parts: ProviderHandlerParts): Handler {
  return async (req, res, next) => {
    const { pathname, searchParams } = new URL(req.url ?? '/', 'http://localhost');
    if (/^\/authorize\/[\w-]+$/.test(pathname) && req.method === 'GET') return handOver(parts, req, res, { url: pathname });
    const method = ROUTES[pathname];
    if (method === undefined) return next();
    if (pathname !== '/authorize') {
      openToBrowsers(res);
      if (req.method === 'OPTIONS') return answerPreflight(req, res, method);
    }
    if (req.method !== method && !(req.method === 'HEAD' && method === 'GET')) {
      res.setHeader('allow', method);
      return refuse(res, 405, 'invalid_request', `use ${method}`);
    }
    if (method === 'POST') {
      await answerPost(parts, req, res, pathname);
      if (pathname === '/register') parts.registrations[toRegistrationOutcome(res.statusCode)]++;
      return;
    }
    const query = pathname === '/authorize' ? await shapeAuthorizationQuery(searchParams, parts.servers.canonicalize) : searchParams;
    return handOver(parts, req, res, { url: query.size === 0 ? pathname : `${pathname}?${query.toString()}` });
  };
}

async function answerPost(parts: ProviderHandlerParts, req: IncomingMessage, res: ServerResponse, url: string): Promise<void> {
  const body = await readBody(req);
  if (body === undefined) {
    res.setHeader('connection', 'close');
    return refuse(res, 413, 'invalid_request', 'the request is too large');
  }
  if (url === '/register') return register(parts, req, res, body);
  if (url !== '/token' || !isMediaType(req, 'application/x-www-form-urlencoded')) return handOver(parts, req, res, { url, body });
  const form = await shapeTokenForm(new URLSearchParams(body.toString('utf8')), parts.servers.canonicalize);
  return handOver(parts, req, res, { url, body: Buffer.from(form.toString()) });
}

async function register(parts: ProviderHandlerParts, req: IncomingMessage, res: ServerResponse, body: Buffer): Promise<void> {
  const retrySeconds = await parts.limit.take('register', findAddress(req));
  if (retrySeconds !== undefined) {
    res.setHeader('retry-after', String(retrySeconds));
    return refuse(res, 429, 'temporarily_unavailable', `too many applications register at once; try again in ${retrySeconds} seconds`);
  }
  const metadata = parseObject(body);
  if (metadata === undefined) return refuse(res, 400, 'invalid_client_metadata', 'the body must be a JSON object');
  const shaped = shapeRegistration(metadata);
  if (!shaped.ok) return refuse(res, 400, shaped.error.error, shaped.error.error_description);
  return handOver(parts, req, res, { url: '/register', body: Buffer.from(JSON.stringify(shaped.value)), type: 'application/json' });
}

async function handOver(
  { issuer, provider }: ProviderHandlerParts,
  req: IncomingMessage,
  res: ServerResponse,
  target: { readonly url: string; readonly body?: Buffer; readonly type?: string },
): Promise<void> {
  const shaped = toProviderRequest(req, { ...target, issuer, address: findAddress(req) });
  await provider().callback()(shaped, res);
}

/** Where a request comes from, as far as the listener trusts what it is told. */
function findAddress(req: IncomingMessage & { readonly ip?: string }): string {
  return req.ip ?? req.socket.remoteAddress ?? 'unknown';
}

function parseObject(body: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
    return isObject ? (parsed as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined; // not JSON
  }
}

/** An error as RFC 6749 section 5.2 and RFC 7591 section 3.2.2 have it. */
function refuse(res: ServerResponse, status: number, error: string, description: string): void {
  res.statusCode = status;
  res.setHeader('content-type', 'application/json; charset=utf-8');
  res.setHeader('cache-control', 'no-store');
  res.end(JSON.stringify({ error, error_description: description }));
}
