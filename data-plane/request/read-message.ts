import { err, ok, type Result } from '../../foundation/result.ts';
import { parseMessage } from '../mcp/message.ts';
import type { Exchange } from './exchange.ts';
import { readBody, type CLIENT_GONE } from './read-body.ts';
import type { Rejection } from './rejection.ts';

type Reading = Result<Buffer, Rejection> | typeof CLIENT_GONE;

/** Reads and classifies a POST. The message is noted on the exchange; the bytes are what will be forwarded. */
export function readMessage(exchange: Exchange, maxBytes: number): Reading | Promise<Reading> {
  if (!isJson(exchange.req.headers['content-type'])) return err({ reason: 'media_type_unsupported' });
  return readBody(exchange.req, maxBytes, (body) => noteMessage(exchange, body));
}

function noteMessage(exchange: Exchange, body: Buffer): Result<Buffer, Rejection> {
  const { headers } = exchange.req;
  exchange.requestBytes = body.length;
  const message = parseMessage(body, {
    protocolVersion: trimmed(headers['mcp-protocol-version']),
    method: trimmed(headers['mcp-method']),
    name: trimmed(headers['mcp-name']),
  });
  if (!message.ok) return message;
  exchange.message = message.value;
  return ok(body);
}

function isJson(contentType: string | undefined): boolean {
  return contentType !== undefined && (contentType === 'application/json' || /^application\/json\s*(;|$)/i.test(contentType));
}

function trimmed(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value.trim() : undefined;
}
