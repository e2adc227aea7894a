import type { Browser, BrowserPage } from './browser.ts';

/** What `startTestControlPlane` gets in tests of consent: authorization servers take native clients back on any port of the loopback interface. */
export const CONSENT_SETTINGS = { controlPlaneUrl: 'http://127.0.0.1' } as const;

/** Where the upstream sends the browser back to; on the port that the control plane really has. */
export function toCallback(answer: BrowserPage, planeUrl: string): string {
  return planeUrl + answer.url.pathname + answer.url.search;
}

/** Gives consent at the upstream and stops before the callback. */
export async function consent(
  browser: Browser,
  authorizationUrl: string,
  fields: Readonly<Record<string, string>> = {},
): Promise<BrowserPage> {
  const stopAt = (at: URL) => at.pathname === '/oauth/upstream/callback';
  const page = await browser.open(authorizationUrl, stopAt);
  return stopAt(page.url) ? page : browser.submit(page, { decision: 'allow', ...fields }, { stopAt });
}

/** Gives consent at the upstream, and comes back. */
export async function connectByConsent(
  browser: Browser,
  planeUrl: string,
  authorizationUrl: string,
  fields: Readonly<Record<string, string>> = {},
): Promise<BrowserPage> {
  return browser.open(toCallback(await consent(browser, authorizationUrl, fields), planeUrl));
}
