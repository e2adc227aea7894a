interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly host: string;
  readonly path: string;
}

/** Cookies as browsers keep them (RFC 6265): by host and path, not by port. Loopback counts as secure. */
export class CookieJar {
  #cookies: readonly Cookie[] = [];

  /** Takes what an answer sets. */
  take(url: URL, lines: readonly string[]): void {
    for (const line of lines) this.#set(url, line);
  }

  headerFor({ hostname, pathname }: URL): string {
    return this.#cookies
      .filter((cookie) => cookie.host === hostname && isBelow(pathname, cookie.path))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }

  /** The value of a cookie. */
  find(name: string): string | undefined {
    return this.#cookies.find((cookie) => cookie.name === name)?.value;
  }

  clear(): void {
    this.#cookies = [];
  }

  #set({ hostname, pathname }: URL, line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const separator = pair.indexOf('=');
    const [name, value] = [pair.slice(0, separator), pair.slice(separator + 1)];
    const settings = new Map(attributes.map((part) => toAttribute(part)));
    const path = settings.get('path') ?? (pathname.slice(0, pathname.lastIndexOf('/')) || '/');
    const maxAge = settings.get('max-age');
    const isGone = maxAge === undefined ? Date.parse(settings.get('expires') ?? '') < Date.now() : Number(maxAge) <= 0;
    const others = this.#cookies.filter((cookie) => cookie.name !== name || cookie.host !== hostname || cookie.path !== path);
    this.#cookies = isGone ? others : [...others, { name, value, host: hostname, path }];
  }
}

function toAttribute(part: string): [string, string] {
  const separator = part.indexOf('=');
  return separator < 0 ? [part.toLowerCase(), ''] : [part.slice(0, separator).toLowerCase(), part.slice(separator + 1)];
}

function isBelow(pathname: string, path: string): boolean {
  return pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`);
}
