// The parameters of `initialize`, small enough to travel in a session id. They come back from an id that the gateway sealed, so they are
// what one client said, but they were written by a client: unpacking is bounded.
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { parseLossless } from './lossless-json.ts';
import { isObject, type JsonObject } from './message.ts';

/** The largest packed form, in characters: an id is sent with each request, and load balancers limit headers. */
const MAX_PACKED = 1_536;

const MAX_UNPACKED_BYTES = 64 * 1024;

/** Up to this size, in characters, deflating makes an id hardly shorter, and costs more than all else that opening a session costs. */
const MAX_PLAIN = 256;

const PLAIN_START = '{'; // no character of Base64

/** Packs the parameters in an `initialize` message; undefined where they are too large, which costs only the transparent re-opening. */
export function packInitialize(body: Buffer): string | undefined {
  if (body.length > MAX_UNPACKED_BYTES) return undefined;
  const message = parseLossless(body.toString('utf8'));
  if (!isObject(message) || !isObject(message['params'])) return undefined;
  const plain = JSON.stringify(message['params']);
  if (plain.length <= MAX_PLAIN) return plain;
  const packed = deflateRawSync(plain).toString('base64url');
  return packed.length > MAX_PACKED ? undefined : packed;
}

export function unpackInitialize(packed: string): JsonObject {
  if (packed.startsWith(PLAIN_START)) return parseLossless(packed) as JsonObject;
  const text = inflateRawSync(Buffer.from(packed, 'base64url'), { maxOutputLength: MAX_UNPACKED_BYTES }).toString('utf8');
  return parseLossless(text) as JsonObject;
}
