import type { Fetch } from '../../egress/index.ts';
import { shapeRegistration } from './registration.ts';

/**
 * A `fetch` that brings documents about clients into the form of a registration: they leave out that their client is a native one just as
 * clients that register do. Whatever else is fetched stays as it is.
 */
export function shapeClientDocuments(fetch: Fetch): Fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    const url = input instanceof Request ? input.url : String(input);
    const text = await response.text();
    const { status, headers } = response;
    const shaped = response.ok ? shapeDocument(url, text) : undefined;
    if (shaped !== undefined) headers.delete('content-length');
    return new Response(shaped ?? text, { status, headers });
  };
}

function shapeDocument(url: string, text: string): string | undefined {
  const document = parseDocument(text);
  if (document?.['client_id'] !== url) return undefined;
  const shaped = shapeRegistration(document);
  return shaped.ok ? JSON.stringify({ ...shaped.value, client_id: url }) : undefined;
}

function parseDocument(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined; // not JSON: the library says so
  }
}
