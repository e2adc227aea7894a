// The console as the built control plane serves it: to whom, how protected, and how much of it a browser has to fetch before it shows.
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { ApiClient } from '../support/api-client.ts';
import { Browser } from '../support/browser.ts';
import { demand } from '../support/demand.ts';
import type { GatewayAddresses } from '../support/start-gateway.ts';
import { addPerson, openSignedInBrowser } from '../support/web-sign-in.ts';

let gateway: GatewayAddresses;
let browser: Browser;

beforeAll(async () => {
  gateway = await demand<GatewayAddresses>(inject('servicesOnDemand'), 'gateway');
  const api = new ApiClient(gateway.controlPlaneUrl, gateway.adminKey);
  browser = await openSignedInBrowser(api, gateway.controlPlaneUrl, (await addPerson(api)).id);
});

function open(path: string) {
  return browser.open(gateway.controlPlaneUrl + path);
}

function fetchAsset(path: string, encoding = 'br') {
  return fetch(gateway.controlPlaneUrl + path, { headers: { 'accept-encoding': encoding } });
}

/** What the page loads before it can show anything: its scripts, those they import at once, and its style sheets. */
function findFirstLoad(page: string): string[] {
  return [...page.matchAll(/(?:src|href)="(\/console\/assets\/[^"]+\.(?:js|css))"/g)].map(([, path]) => path!);
}

describe('who is not signed in', () => {
  it('is led to the sign-in page and back to where they wanted', async () => {
    const page = await new Browser().open(`${gateway.controlPlaneUrl}/console/servers?find=mail`);
    expect(page.url.pathname).toBe('/sign-in');
    expect(page.url.searchParams.get('return_to')).toBe('/console/servers?find=mail');
  });

  it('gets no token of a session', async () => {
    const page = await fetch(`${gateway.controlPlaneUrl}/console/`, { redirect: 'manual' });
    expect(page.status).toBe(303);
    expect(await page.text()).not.toContain('csrf-token');
  });
});

describe('the page', () => {
  it('answers every address below it, and the start of the origin leads to it', async () => {
    for (const path of ['/', '/console', '/console/', '/console/servers/some-server?tab=access']) {
      expect((await open(path)).text).toContain('<div id="root">');
    }
  });

  it('runs only its own scripts, in no frame, and is not kept', async () => {
    const { headers, text } = await open('/console/');
    const policy = headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https:(?!\/\/)/);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(text).not.toMatch(/<script(?![^>]*\ssrc="\/console\/assets\/)/);
    expect(text).not.toMatch(/(?:src|href)="(?!\/console\/)/);
    expect(text).not.toMatch(/__(NONCE|CSRF)__/); // the name of a script may have two of these lines side by side
  });

  it('has another nonce each time, and the token of its own session', async () => {
    const [first, second] = [await open('/console/'), await open('/console/')];
    const nonce = /nonce-([\w-]+)'/.exec(first.headers.get('content-security-policy')!)![1]!;
    expect(first.text).toContain(`nonce="${nonce}"`);
    expect(second.text).not.toContain(nonce);
    const token = /name="csrf-token" content="([\w-]{20,})"/.exec(first.text)![1]!;
    expect(second.text).toContain(token);
  });
});

describe('what the page loads', () => {
  it.each(['br', 'gzip'])('is less than 250 KB compressed until something shows (%s)', async (encoding) => {
    const paths = findFirstLoad((await open('/console/')).text);
    expect(paths.length).toBeGreaterThan(1);
    let bytes = 0;
    for (const path of paths) {
      const response = await fetchAsset(path, encoding);
      expect(response.headers.get('content-encoding')).toBe(encoding);
      bytes += Number(response.headers.get('content-length'));
    }
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThan(250_000);
  });

  it('is kept for ever, because its name says what is in it', async () => {
    for (const path of findFirstLoad((await open('/console/')).text)) {
      const { status, headers } = await fetchAsset(path);
      expect(status).toBe(200);
      expect(headers.get('cache-control')).toContain('immutable');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(path).toMatch(/-[\w-]{8}\.(js|css)$/);
    }
  });

  it('is only what the build made', async () => {
    for (const name of ['none.js', 'index.js', '..%2findex.html', '%2e%2e%2f%2e%2e%2fcontrol-plane%2fmain.js', '']) {
      expect((await fetchAsset(`/console/assets/${name}`)).status).toBe(404);
    }
  });
});
