import { err, ok, type Result } from '../../foundation/result.ts';
import { parseMessage } from '../mcp/message.ts';
import type { Exchange } from './exchange.ts';
import { CLIENT_GONE, readBody } from './read-body.ts';
import type { Rejection } from './rejection.ts';

/** Reads and classifies a POST. The message is noted on the exchange; the bytes are what will be forwarded. */
export async function readMessage(exchange: Exchange, maxBytes: number): Promise<Result<Buffer, Rejection> | typeof CLIENT_GONE> {
  const { headers } = exchange.req;
  if (!isJson(headers['content-type'])) return err({ reason: 'media_type_unsupported' });
  const body = await readBody(exchange.req, maxBytes);
  if (body === CLIENT_GONE || !body.ok) return body;
  exchange.requestBytes = body.value.length;
  const message = parseMessage(body.value, {
    protocolVersion: trimmed(headers['mcp-protocol-version']),
    method: trimmed(headers['mcp-method']),
    name: trimmed(headers['mcp-name']),
  });
  if (!message.ok) return message;
  exchange.message = message.value;
  return ok(body.value);
}

function isJson(contentType: string | undefined): boolean {
  return contentType !== undefined && (contentType === 'application/json' || /^application\/json\s*(;|$)/i.test(contentType));
}

function trimmed(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value.trim() : undefined;
}
