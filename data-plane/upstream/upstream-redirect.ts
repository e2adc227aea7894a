import type { IncomingHttpHeaders } from 'node:http';

/** How many redirects within its own origin an upstream may answer with (`/mcp` to `/mcp/` is common). */
export const MAX_REDIRECTS = 3;

/** The path that a redirect leads to: only one that keeps method and body, and only within the origin, because the credential goes along. */
export function findRedirectPath(origin: string, status: number, headers: IncomingHttpHeaders): string | undefined {
  const location = headers.location;
  if ((status !== 307 && status !== 308) || typeof location !== 'string' || !URL.canParse(location, origin)) return undefined;
  const url = new URL(location, origin);
  return url.origin === origin ? url.pathname + url.search : undefined;
}
