import { startPassThrough } from './pass-through.ts';

export interface AuthorizingForwarder {
  /** The target, as a client that cannot send headers of its own sees it. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Adds an API key to every request, for clients that have no option for headers, and changes nothing else: `Host` and `Origin` pass, so that
 * the gateway can be asked what it thinks of them.
 */
export async function startAuthorizingForwarder(target: string, apiKey: string): Promise<AuthorizingForwarder> {
  const { origin, pathname } = new URL(target);
  const hop = await startPassThrough((request) => ({ origin, headers: [...request.rawHeaders, 'Authorization', `Bearer ${apiKey}`] }));
  return { url: `http://localhost:${hop.port}${pathname}`, close: () => hop.close() };
}
