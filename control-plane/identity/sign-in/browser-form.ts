import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { findCookie, setCookie, type CookieScheme } from '../sessions/cookies.ts';
import { toCsrfToken } from '../sessions/csrf.ts';

const COOKIE = 'sluice_form';
const TOKEN_BYTES = 32;

/**
 * What binds forms to a browser in which nobody is signed in yet. Without it, another site could sign somebody's browser in as the
 * attacker (login CSRF) and read what the person does there.
 */
export function openBrowserForm(req: IncomingMessage, res: ServerResponse, cookies: CookieScheme): { readonly csrfToken: string } {
  const known = findCookie(req, cookies, COOKIE);
  if (known !== undefined && known.length >= TOKEN_BYTES) return { csrfToken: toCsrfToken(known) };
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  setCookie(res, cookies, COOKIE, token);
  return { csrfToken: toCsrfToken(token) };
}

/** The same when the form comes back; undefined where the browser has no such cookie. */
export function findBrowserForm(req: IncomingMessage, cookies: CookieScheme): { readonly csrfToken: string } | undefined {
  const known = findCookie(req, cookies, COOKIE);
  return known === undefined ? undefined : { csrfToken: toCsrfToken(known) };
}
