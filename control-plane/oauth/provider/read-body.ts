import type { IncomingMessage } from 'node:http';

/** The largest body that is read, in bytes: registrations with keys and many redirects stay far below. */
const MAX_BODY_BYTES = 48 * 1024;

/** A whole body; undefined where it is too large. The stream outlives it: the refusal is sent on the same socket. */
export async function readBody(req: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Whether a body is of a kind, parameters aside. */
export function isMediaType(req: IncomingMessage, type: string): boolean {
  return (req.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase() === type;
}
