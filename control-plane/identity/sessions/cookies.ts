import type { IncomingMessage, ServerResponse } from 'node:http';

/** How cookies are set on this installation's origin. */
export interface CookieScheme {
  /** Whether browsers reach the control plane over TLS. */
  readonly isSecure: boolean;
}

/** The value under a name, of those that this origin set. */
export function findCookie(req: IncomingMessage, scheme: CookieScheme, name: string): string | undefined {
  const wanted = `${toFullName(scheme, name)}=`;
  const pairs = (req.headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(wanted))?.slice(wanted.length);
}

/** A cookie that scripts and other sites do not get, gone when the browser closes or after the given time. */
export function setCookie(res: ServerResponse, scheme: CookieScheme, name: string, value: string, maxAgeSeconds?: number): void {
  const attributes = ['Path=/', 'HttpOnly', 'SameSite=Lax'];
  if (scheme.isSecure) attributes.push('Secure');
  if (maxAgeSeconds !== undefined) attributes.push(`Max-Age=${maxAgeSeconds}`);
  res.appendHeader('set-cookie', [`${toFullName(scheme, name)}=${value}`, ...attributes].join('; '));
}

/** Makes the browser forget a cookie. */
export function clearCookie(res: ServerResponse, scheme: CookieScheme, name: string): void {
  setCookie(res, scheme, name, '', 0);
}

/**
 * With `__Host-`, a sibling host cannot set the cookie for this one (RFC 6265bis section 4.1.3.2), and so cannot plant a session.
 * Browsers take the prefix over TLS only.
 */
function toFullName({ isSecure }: CookieScheme, name: string): string {
  return isSecure ? `__Host-${name}` : name;
}
