// Trust boundary: icons from wherever a server says they are. Without credentials, over the guarded connections, no redirects, and no longer or
// larger than an icon may be.
import type { GuardedFetch } from '../egress/index.ts';
import { MAX_ICON_BYTES, toIconImage, type IconImage } from './icon-image.ts';

/** How long reading may take, whatever is tried, in milliseconds. */
const TIMEOUT_MS = 3_000;

const DATA_URI = /^data:[^,]*;base64,/;

/** The first of the sources that is an image that may be shown; undefined where none is. Nothing that a stranger answers is an error. */
export async function readIcon(http: GuardedFetch, sources: readonly string[]): Promise<IconImage | undefined> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  for (const source of sources) {
    const image = source.startsWith('data:') ? readDataUri(source) : await readAddress(http, source, signal).catch(() => undefined); // no icon there
    if (image !== undefined) return image;
  }
  return undefined;
}

/** An icon as a data: URL, which pages may show without asking anybody. */
export function toDataUrl({ contentType, bytes }: IconImage): string {
  return `data:${contentType};base64,${bytes.toString('base64')}`;
}

function readDataUri(uri: string): IconImage | undefined {
  const [head] = DATA_URI.exec(uri) ?? [];
  return head === undefined ? undefined : toIconImage(Buffer.from(uri.slice(head.length), 'base64'));
}

async function readAddress(http: GuardedFetch, url: string, signal: AbortSignal): Promise<IconImage | undefined> {
  const response = await http.open(url, { method: 'GET', headers: { accept: 'image/png, image/webp, image/jpeg' }, signal });
  if (response.status !== 200) {
    await response.body?.cancel();
    return undefined;
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_ICON_BYTES) return undefined; // leaving the loop cancels the answer
    chunks.push(chunk);
  }
  return toIconImage(Buffer.concat(chunks));
}
