// Trust boundary: where an MCP server says that its icons are (MCP 2025-11-25 and later, `icons` of Implementation). Only https, the server's
// own origin, and data: pass; which of them is worth asking is guessed from what is said, and nothing else is believed.
import { MAX_ICON_BYTES } from './icon-image.ts';

/** How many are tried: a server may list any number. */
const MAX_TRIED = 3;
const MAX_LISTED = 50;
/** The longest address, in characters. */
const MAX_ADDRESS_CHARS = 2_048;
/** An icon as large as one may be, in base64, and what stands before it. */
const MAX_DATA_CHARS = Math.ceil(MAX_ICON_BYTES / 3) * 4 + 100;
/** What an icon is shown at, twice for sharp screens, in pixels. */
const WANTED_SIDE = 64;

/** Addresses and data: URIs of icons in the order in which to try them, best first; empty where the server names none that can be used. */
export function toIconSources(icons: unknown, serverUrl: string): readonly string[] {
  const listed: unknown[] = Array.isArray(icons) ? icons.slice(0, MAX_LISTED) : [];
  return listed
    .flatMap((icon) => toSource(icon, new URL(serverUrl).origin))
    .toSorted((one, other) => one.distance - other.distance)
    .slice(0, MAX_TRIED)
    .map(({ source }) => source);
}

function toSource(icon: unknown, serverOrigin: string): { source: string; distance: number }[] {
  if (typeof icon !== 'object' || icon === null) return [];
  const { src, mimeType, sizes } = icon as Record<string, unknown>;
  if (typeof src !== 'string' || mimeType === 'image/svg+xml' || !isUsable(src, serverOrigin)) return [];
  return [{ source: src, distance: toDistance(sizes) }];
}

function isUsable(src: string, serverOrigin: string): boolean {
  if (src.startsWith('data:')) return src.length <= MAX_DATA_CHARS;
  const url = src.length > MAX_ADDRESS_CHARS ? null : URL.parse(src);
  if (url === null || url.pathname.endsWith('.svg')) return false;
  // A server in a network of one's own may be reached over http, and then so may its icon; for any other place that is no scheme (MCP 2025-11-25, icons).
  return url.protocol === 'https:' || (url.protocol === 'http:' && url.origin === serverOrigin);
}

/** How far it is from the size that is wanted. One that says nothing stands between those that fit and those that do not. */
function toDistance(sizes: unknown): number {
  const sides = (Array.isArray(sizes) ? sizes : [sizes]).map((size) => (typeof size === 'string' ? Number.parseInt(size, 10) : Number.NaN));
  const distances = sides.filter((side) => side > 0).map((side) => Math.abs(Math.log2(side / WANTED_SIDE)));
  return distances.length === 0 ? 1 : Math.min(...distances);
}
