import type { ServerResponse } from 'node:http';
import { html, renderNotice, sendPage, sendRedirect } from '../../pages/index.ts';

/** What is said where a form was not made by this page for this person. */
export const FOREIGN_FORM = 'The form was not one of this page, or the page is old. Nothing was changed; try again.';

/** The person comes back afterwards. */
export function sendToSignIn(res: ServerResponse, url: URL): void {
  sendRedirect(res, `/sign-in?return_to=${encodeURIComponent(url.pathname + url.search)}`);
}

/** How it went, on a page of its own. */
export function sendOutcome(res: ServerResponse, kind: 'error' | 'success', title: string, message: string, status = 200): void {
  sendPage(res, { title, status, body: html`${renderNotice(kind, message)}<p><a href="/account/connections">Your connections</a></p>` });
}

/** The same whether there is nothing or the person cannot see it. */
export function sendNothing(res: ServerResponse): void {
  sendPage(res, {
    title: 'Not found',
    status: 404,
    body: html`<p>There is no such server, or you cannot see it. Ask a manager of the workspace.</p>`,
  });
}
