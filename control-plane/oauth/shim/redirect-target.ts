const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '[::1]'];

/** Where a client waits on the person's own machine (RFC 8252 section 7.3). */
export function isLoopback({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && LOOPBACK_HOSTS.includes(hostname);
}

/** A scheme that an application on the person's machine has claimed (RFC 8252 section 7.1). */
export function isCustomScheme({ protocol }: URL): boolean {
  return protocol !== 'https:' && protocol !== 'http:';
}

/** What a person is told, and a consent covers: the host, or the scheme of an application. Loopback is one target whatever its name and port. */
export function toRedirectTarget(redirectUri: string): string {
  const url = new URL(redirectUri);
  if (isLoopback(url)) return 'loopback';
  return isCustomScheme(url) ? url.protocol : url.host;
}
