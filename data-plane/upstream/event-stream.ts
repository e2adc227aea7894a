import type { IncomingHttpHeaders } from 'node:http';

export function isEventStream(headers: IncomingHttpHeaders): boolean {
  const type = headers['content-type'];
  return typeof type === 'string' && /^text\/event-stream\s*(;|$)/i.test(type);
}

/** What keeps intermediaries from buffering or compressing a stream. The upstream's own caching header gives way. */
export function addStreamHeaders(headers: string[]): void {
  const at = headers.indexOf('cache-control');
  if (at >= 0) headers.splice(at, 2);
  headers.push('cache-control', 'no-cache, no-transform', 'x-accel-buffering', 'no');
}
