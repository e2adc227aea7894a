import { CookieJar } from './cookie-jar.ts';
import { parsePage, type PageForm } from './page-parser.ts';

/** What a browser shows. */
export interface BrowserPage {
  readonly url: URL;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Where a redirect to is left unopened: a client's own callback, for example. Schemes that browsers do not open are, anyway. */
export type StopAt = (url: URL) => boolean;

interface PageRequest {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The page whose form is submitted. */
  readonly from?: BrowserPage;
}

/** The most redirects that are followed for one page. */
const MAX_REDIRECTS = 20;

/**
 * A browser without scripts: keeps cookies by host as browsers do, follows redirects and refreshes, submits forms, and holds them to the
 * content security policy of their page, redirects that follow included, as Chrome does.
 */
export class Browser {
  readonly cookies = new CookieJar();
  /** Every address that was asked for, in order. */
  readonly visited: string[] = [];
  readonly #hosts: Readonly<Record<string, string>>;

  /** @param hosts where an origin really is, by its name, as what stands in front of it would have it. */
  constructor(hosts: Readonly<Record<string, string>> = {}) {
    this.#hosts = hosts;
  }

  /** Opens an address and follows redirects. */
  open(url: string, stopAt?: StopAt): Promise<BrowserPage> {
    return this.#go(url, { method: 'GET' }, stopAt);
  }

  /** Submits the first form of a page whose action contains `action`, with its hidden and preset values beneath the given ones. */
  submit(
    page: BrowserPage,
    fields: Readonly<Record<string, string>> = {},
    options: { action?: string; stopAt?: StopAt } = {},
  ): Promise<BrowserPage> {
    const form = parsePage(page.text).forms.find((one) => toTarget(page, one).href.includes(options.action ?? ''));
    if (form === undefined) throw new Error(`There is no form ${options.action ?? ''} on ${describe(page)}`);
    return this.#send(page, form, new URLSearchParams({ ...toPreset(form), ...fields }), options.stopAt);
  }

  /**
   * Enters values into fields by their label, placeholder or name, and presses the button with this label.
   * @param options.near of several such buttons, the one beside this text.
   */
  press(
    page: BrowserPage,
    label: string,
    entered: Readonly<Record<string, string>> = {},
    options: { near?: string; stopAt?: StopAt } = {},
  ): Promise<BrowserPage> {
    for (const form of parsePage(page.text).forms) {
      const button = form.buttons.find((one) => one.label === label);
      if (button === undefined || !form.around.includes(options.near ?? '')) continue;
      const fields = new URLSearchParams(toPreset(form));
      for (const [field, value] of Object.entries(entered)) fields.set(findFieldName(page, form, field), value);
      if (button.name !== undefined) fields.set(button.name, button.value);
      return this.#send(page, form, fields, options.stopAt);
    }
    throw new Error(`There is no button "${label}" on ${describe(page)}`);
  }

  /** Follows the link with this text. */
  follow(page: BrowserPage, label: string, stopAt?: StopAt): Promise<BrowserPage> {
    const link = parsePage(page.text).links.find((one) => one.label === label);
    if (link === undefined) throw new Error(`There is no link "${label}" on ${describe(page)}`);
    return this.open(new URL(link.href, page.url).href, stopAt);
  }

  /** Forgets what it knows, as another person's browser. */
  clearCookies(): void {
    this.cookies.clear();
  }

  #send(page: BrowserPage, form: PageForm, fields: URLSearchParams, stopAt: StopAt | undefined): Promise<BrowserPage> {
    const target = toTarget(page, form);
    if (form.method === 'GET')
      return this.#go(`${target.origin}${target.pathname}?${fields.toString()}`, { method: 'GET', from: page }, stopAt);
    const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: page.url.origin };
    return this.#go(target.href, { method: 'POST', headers, body: fields.toString(), from: page }, stopAt);
  }

  async #go(url: string, init: PageRequest, stopAt: StopAt = () => false): Promise<BrowserPage> {
    let [at, request] = [new URL(url), init];
    for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
      if (request.from !== undefined) checkFormAction(request.from, at);
      const response = await this.#ask(at, request);
      const location = response.headers.get('location');
      const isRedirect = location !== null && response.status >= 300 && response.status < 400;
      const refresh = /^0;\s*url=(.+)$/i.exec(response.headers.get('refresh') ?? '')?.[1];
      const target = isRedirect ? location : refresh;
      const next = target == null ? undefined : new URL(target, at);
      if (next === undefined || stopAt(next) || !/^https?:$/.test(next.protocol)) {
        if (next !== undefined && isRedirect && request.from !== undefined) checkFormAction(request.from, next);
        return { url: next ?? at, status: response.status, headers: response.headers, text: await response.text() };
      }
      await response.body?.cancel();
      at = next;
      // A page in between ends what began with a form.
      if (!isRedirect) request = { method: 'GET' };
      else if (response.status !== 307 && response.status !== 308) request = { method: 'GET', ...(request.from && { from: request.from }) };
    }
    throw new Error(`More than ${MAX_REDIRECTS} redirects from ${url}: ${this.visited.slice(-MAX_REDIRECTS).join(' → ')}`);
  }

  async #ask(at: URL, { method, headers, body }: PageRequest): Promise<Response> {
    this.visited.push(at.href);
    const response = await fetch((this.#hosts[at.origin] ?? at.origin) + at.pathname + at.search, {
      method,
      redirect: 'manual',
      headers: { accept: 'text/html', ...headers, cookie: this.cookies.headerFor(at) },
      ...(body !== undefined && { body }),
    });
    this.cookies.take(at, response.headers.getSetCookie());
    return response;
  }
}

/** Content Security Policy Level 3, section 6.4.2, with redirects checked too. */
function checkFormAction(page: BrowserPage, target: URL): void {
  const [, sources] = /(?:^|;)\s*form-action ([^;]+)/.exec(page.headers.get('content-security-policy') ?? '') ?? [];
  const isAllowed = (source: string) =>
    source === "'self'" ? target.origin === page.url.origin : source === target.origin || source === target.protocol;
  if (sources !== undefined && !sources.trim().split(/\s+/).some(isAllowed)) {
    throw new Error(`The policy of ${page.url.href} lets no form lead to ${target.href}: form-action ${sources}`);
  }
}

function toTarget(page: BrowserPage, form: PageForm): URL {
  return form.action === '' ? page.url : new URL(form.action, page.url);
}

function toPreset(form: PageForm): Record<string, string> {
  return Object.fromEntries(form.fields.filter((field) => field.isSent).map(({ name, value }) => [name, value]));
}

function findFieldName(page: BrowserPage, form: PageForm, field: string): string {
  const found = form.fields.find((one) => [one.label, one.placeholder, one.name].includes(field));
  if (found === undefined) throw new Error(`There is no field "${field}" on ${describe(page)}`);
  return found.name;
}

function describe(page: BrowserPage): string {
  return `${page.url.href} (${page.status}):\n${parsePage(page.text).text.slice(0, 2_000)}`;
}
