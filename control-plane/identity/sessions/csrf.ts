import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { renderHidden, type Html } from '../../pages/index.ts';

/** The name of the form field. */
const FIELD = 'csrf';
/** The header of requests that scripts send. Other sites cannot set it: it is none that a browser sends across origins without asking. */
const HEADER = 'x-sluice-csrf';

/** What forms must carry that a browser with this cookie sends. Only a page of this origin knows it. */
export function toCsrfToken(cookieValue: string): string {
  return createHash('sha256').update(`csrf:${cookieValue}`).digest('base64url');
}

/** The form field that carries it. */
export function renderCsrfField(session: { readonly csrfToken: string }): Html {
  return renderHidden(FIELD, session.csrfToken);
}

/** Whether a form is one that this origin made for this session. */
export function isOwnForm(form: URLSearchParams, session: { readonly csrfToken: string }): boolean {
  return isToken(form.get(FIELD) ?? '', session);
}

/** Whether a script of a page that this origin made for this session sent a request. */
export function isOwnRequest({ headers }: IncomingMessage, session: { readonly csrfToken: string }): boolean {
  // Fetch Metadata (W3C), section 2.3. Browsers that do not say where from are stopped by the token, which no other site knows.
  if (!['same-origin', undefined].includes(headers['sec-fetch-site'])) return false;
  const presented = headers[HEADER];
  return typeof presented === 'string' && isToken(presented, session);
}

function isToken(text: string, { csrfToken }: { readonly csrfToken: string }): boolean {
  const [presented, wanted] = [Buffer.from(text), Buffer.from(csrfToken)];
  return presented.length === wanted.length && timingSafeEqual(presented, wanted);
}
