import type { IncomingMessage, ServerResponse } from 'node:http';

/** How long a browser may remember the answer to a preflight, in seconds. */
const PREFLIGHT_SECONDS = 3_600;

/** Clients that live in a page read the answer whatever their origin: no cookie counts here, so there is nothing to protect from them. */
export function openToBrowsers(res: ServerResponse): void {
  res.setHeader('access-control-allow-origin', '*');
  res.setHeader('access-control-expose-headers', 'WWW-Authenticate, Retry-After');
}

/** Discovery sends `MCP-Protocol-Version`, registration a JSON body: both need a preflight. */
export function answerPreflight(req: IncomingMessage, res: ServerResponse, method: string): void {
  const requested = req.headers['access-control-request-headers'];
  res.statusCode = 204;
  res.setHeader('access-control-allow-methods', method);
  res.setHeader('access-control-allow-headers', requested ?? 'Authorization, Content-Type, MCP-Protocol-Version');
  res.setHeader('access-control-max-age', String(PREFLIGHT_SECONDS));
  res.setHeader('vary', 'Access-Control-Request-Headers');
  res.end();
}
