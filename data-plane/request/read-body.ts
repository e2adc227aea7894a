import type { IncomingMessage } from 'node:http';
import { err, ok, type Result } from '../../foundation/result.ts';
import type { Rejection } from './rejection.ts';

/** A client that leaves while it is still sending: there is nobody left to answer. */
export const CLIENT_GONE = Symbol('client gone');

/**
 * Reads a request's body whole, up to a limit in bytes. How long it may take is bounded by the listener's request timeout.
 * The common body of one chunk is passed on as it came, without a copy.
 */
export function readBody(req: IncomingMessage, maxBytes: number): Promise<Result<Buffer, Rejection> | typeof CLIENT_GONE> {
  const declared = req.headers['content-length'];
  if (declared !== undefined && Number(declared) > maxBytes) return Promise.resolve(err({ reason: 'body_too_large', maxBytes }));
  return new Promise((resolve) => {
    let first: Buffer | undefined;
    let chunks: Buffer[] | undefined;
    let size = 0;
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > maxBytes) {
        req.off('data', onData); // what follows is thrown away by whoever refuses
        req.pause();
        resolve(err({ reason: 'body_too_large', maxBytes }));
      } else if (first === undefined) first = chunk;
      else (chunks ??= [first]).push(chunk);
    };
    req.on('data', onData);
    req.on('end', () => resolve(ok(chunks === undefined ? (first ?? EMPTY) : Buffer.concat(chunks, size))));
    req.on('close', () => resolve(CLIENT_GONE));
  });
}

const EMPTY = Buffer.alloc(0);
