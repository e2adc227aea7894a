import type { Configuration } from 'oidc-provider';
import { html, sendPage } from '../../pages/index.ts';

/** What a person can do about a request that cannot be answered to the client. */
const ADVICE: Readonly<Record<string, string>> = {
  invalid_client: 'The application is not known here, or not any longer. Remove the server from the application and add it again.',
  invalid_redirect_uri: 'The application asked to be answered at an address that it did not register. Nothing was sent there.',
  invalid_request: 'The application sent a request that is not complete. Start again from the application.',
  temporarily_unavailable: 'Try again in a few minutes.',
};

/** Shows a person why a request of their client goes no further, where the client cannot be told. */
export const renderFault: NonNullable<Configuration['renderError']> = (ctx, out) => {
  ctx.respond = false; // the page is sent past the library
  const advice = ADVICE[out.error] ?? 'Start again from the application.';
  const detail = [out.error, out.error_description].filter((part) => part !== undefined).join(': ');
  sendPage(ctx.res, {
    title: 'This request goes no further',
    status: ctx.status >= 400 ? ctx.status : 400,
    body: html`<p>${advice}</p><p class="hint">${detail}</p>`,
  });
};
