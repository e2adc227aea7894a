import type { IncomingMessage } from 'node:http';

/** `Authorization: Bearer` (RFC 6750 section 2.1) or `x-sluice-api-key`, for clients that keep Authorization for themselves. Never from a URL. */
export function findPresentedCredential(req: IncomingMessage): string | undefined {
  const own = req.headers['x-sluice-api-key'];
  if (typeof own === 'string' && own !== '') return own;
  const authorization = req.headers.authorization;
  if (authorization === undefined || authorization.length < 8 || authorization.slice(0, 7).toLowerCase() !== 'bearer ') return undefined;
  return authorization.slice(7).trim();
}
