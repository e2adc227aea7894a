import type { IncomingMessage } from 'node:http';
import { err, type Result } from '../../foundation/result.ts';
import type { Rejection } from './rejection.ts';

/** A client that leaves while it is still sending: there is nobody left to answer. */
export const CLIENT_GONE = Symbol('client gone');

/**
 * Reads a request's body whole, up to a limit in bytes, and makes of it what `read` does. How long it may take is bounded by the listener's
 * request timeout. The common body of one chunk is passed on as it came, without a copy, and nothing is waited for but the body itself.
 */
export function readBody<Read>(
  req: IncomingMessage,
  maxBytes: number,
  read: (body: Buffer) => Result<Read, Rejection>,
): Promise<Result<Read, Rejection> | typeof CLIENT_GONE> {
  const declared = req.headers['content-length'];
  if (declared !== undefined && Number(declared) > maxBytes) return Promise.resolve(err({ reason: 'body_too_large', maxBytes }));
  return new Promise((resolve, reject) => {
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
    req.on('end', () => {
      let outcome: Result<Read, Rejection>;
      try {
        outcome = read(chunks === undefined ? (first ?? EMPTY) : Buffer.concat(chunks, size));
      } catch (cause) {
        return reject(cause); // a bug, which is answered like any other instead of ending the process
      }
      resolve(outcome);
    });
    req.on('close', () => resolve(CLIENT_GONE));
  });
}

const EMPTY = Buffer.alloc(0);
