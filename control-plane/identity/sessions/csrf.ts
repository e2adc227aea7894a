import { createHash, timingSafeEqual } from 'node:crypto';
import { renderHidden, type Html } from '../../pages/index.ts';

/** The name of the form field. */
const FIELD = 'csrf';

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
  const [presented, wanted] = [Buffer.from(form.get(FIELD) ?? ''), Buffer.from(session.csrfToken)];
  return presented.length === wanted.length && timingSafeEqual(presented, wanted);
}
