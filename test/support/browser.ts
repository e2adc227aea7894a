/** What a browser shows. */
export interface BrowserPage {
  readonly url: URL;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

interface PageRequest {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The most redirects that are followed for one page. */
const MAX_REDIRECTS = 20;

/** A browser without scripts: keeps cookies by host as browsers do, follows redirects, submits forms. */
export class Browser {
  /** Host name → cookie name → value. Cookies know no ports (RFC 6265 section 8.5). */
  readonly #cookies = new Map<string, Map<string, string>>();

  /**
   * Opens an address and follows redirects.
   * @param stopAt leaves a redirect to such an address unopened: a client's own callback, for example.
   */
  open(url: string, stopAt?: (url: URL) => boolean): Promise<BrowserPage> {
    return this.#go(url, { method: 'GET' }, stopAt);
  }

  /** Submits the first form of a page whose action contains `action`, with its hidden and preset values beneath the given ones. */
  submit(
    page: BrowserPage,
    fields: Readonly<Record<string, string>> = {},
    options: { action?: string; stopAt?: (url: URL) => boolean } = {},
  ): Promise<BrowserPage> {
    const form = findForm(page, options.action ?? '');
    const body = new URLSearchParams({ ...form.values, ...fields });
    if (form.method === 'get') return this.#go(`${form.action}?${body.toString()}`, { method: 'GET' }, options.stopAt);
    const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: page.url.origin };
    return this.#go(form.action, { method: 'POST', headers, body: body.toString() }, options.stopAt);
  }

  /** Forgets what it knows, as another person's browser. */
  clearCookies(): void {
    this.#cookies.clear();
  }

  async #go(url: string, init: PageRequest, stopAt?: (url: URL) => boolean): Promise<BrowserPage> {
    let [at, request] = [new URL(url), init];
    for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
      const response = await fetch(at, { ...request, redirect: 'manual', headers: { ...request.headers, cookie: this.#cookieHeader(at) } });
      this.#keepCookies(at, response.headers.getSetCookie());
      const location = response.headers.get('location');
      const next = location !== null && response.status >= 300 && response.status < 400 ? new URL(location, at) : undefined;
      if (next === undefined || stopAt?.(next) === true) {
        return { url: next ?? at, status: response.status, headers: response.headers, text: await response.text() };
      }
      await response.body?.cancel();
      at = next;
      if (response.status !== 307 && response.status !== 308) request = { method: 'GET' };
    }
    throw new Error(`More than ${MAX_REDIRECTS} redirects from ${url}`);
  }

  #cookieHeader(url: URL): string {
    return [...(this.#cookies.get(url.hostname) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  #keepCookies(url: URL, lines: readonly string[]): void {
    const jar = this.#cookies.get(url.hostname) ?? new Map<string, string>();
    this.#cookies.set(url.hostname, jar);
    for (const line of lines) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
      const name = pair.slice(0, pair.indexOf('='));
      const expires = attributes.find((part) => part.toLowerCase().startsWith('expires='))?.slice('expires='.length);
      const isGone =
        attributes.some((part) => /^max-age=(0|-)/i.test(part)) || (expires !== undefined && Date.parse(expires) <= Date.now());
      if (isGone) jar.delete(name);
      else jar.set(name, pair.slice(name.length + 1));
    }
  }
}

function findForm(page: BrowserPage, action: string): { action: string; method: string; values: Record<string, string> } {
  for (const [, attributes = '', content = ''] of page.text.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/gi)) {
    const target = new URL(unescape(readAttribute(attributes, 'action') ?? page.url.href), page.url).href;
    if (!target.includes(action)) continue;
    const values: Record<string, string> = {};
    for (const [, input = ''] of content.matchAll(/<input\b([^>]*)>/gi)) {
      const [name, isUnchecked] = [readAttribute(input, 'name'), /type="(checkbox|radio)"/i.test(input) && !/\bchecked\b/i.test(input)];
      if (name !== undefined && !isUnchecked) values[name] = unescape(readAttribute(input, 'value') ?? '');
    }
    return { action: target, method: (readAttribute(attributes, 'method') ?? 'get').toLowerCase(), values };
  }
  throw new Error(`There is no form ${action} on ${page.url.href} (${page.status}):\n${page.text.slice(0, 2_000)}`);
}

function readAttribute(text: string, name: string): string | undefined {
  return new RegExp(`\\b${name}="([^"]*)"`, 'i').exec(text)?.[1];
}

function unescape(text: string): string {
  return text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
