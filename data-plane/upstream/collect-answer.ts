import type { IncomingHttpHeaders } from 'node:http';
import { err, ok, type Result } from '../../foundation/result.ts';
import type { JsonObject } from '../mcp/message.ts';
import { parseLossless } from '../mcp/lossless-json.ts';
import { SseParser } from '../mcp/sse-parser.ts';
import type { Rejection } from '../request/rejection.ts';
import { isEventStream } from './event-stream.ts';
import { HeadTimeoutError } from './head-deadlines.ts';
import type { UpstreamPools } from './upstream-pools.ts';
import { UpstreamRequest, type UpstreamRequestOptions } from './upstream-request.ts';

/** The answer of an upstream to a request of the gateway's own. */
export interface CollectedAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The JSON-RPC response in the body, as JSON or as the first response on a stream; undefined where there is none. */
  readonly response: JsonObject | undefined;
}

/** The largest answer to a request of the gateway's own, in bytes. */
const MAX_ANSWER_BYTES = 1024 * 1024;

/**
 * Sends a request and reads its answer whole, for which the upstream has the time that it has for a head. A stream is read up to its first
 * response, because some servers leave it open.
 */
export function collectAnswer(pools: UpstreamPools, options: UpstreamRequestOptions): Promise<Result<CollectedAnswer, Rejection>> {
  return new Promise((settle) => {
    const impatience = setTimeout(() => {
      request.abort();
      settle(err({ reason: 'upstream_timeout', cause: new HeadTimeoutError() }));
    }, options.address.headTimeoutMs ?? options.headTimeoutMs);
    const resolve = (answer: Result<CollectedAnswer, Rejection>) => {
      clearTimeout(impatience);
      settle(answer);
    };
    let head: { readonly status: number; readonly headers: IncomingHttpHeaders } | undefined;
    const chunks: Buffer[] = [];
    let size = 0;
    let stream: SseParser | undefined;
    const finish = (response: JsonObject | undefined) => resolve(ok({ ...head!, response }));
    const tooLarge = () => {
      request.abort();
      resolve(err({ reason: 'upstream_answer_invalid', fault: 'answer too large' }));
    };
    const request = new UpstreamRequest(pools, options, {
      onHead(status, headers) {
        head = { status, headers };
        if (!isEventStream(headers)) return;
        const onEvent = ({ data }: { readonly data: string }) => {
          const message = parseResponse(data);
          if (message === undefined) return;
          request.abort();
          finish(message);
        };
        stream = new SseParser({ onEvent }, MAX_ANSWER_BYTES);
      },
      onData(chunk) {
        size += chunk.length;
        if (size > MAX_ANSWER_BYTES || stream?.push(chunk) === false) tooLarge();
        else if (stream === undefined) chunks.push(chunk);
      },
      onEnd: () => finish(parseResponse(Buffer.concat(chunks).toString('utf8'))),
      onFailure: (rejection) => resolve(err(rejection)),
    });
  });
}

/** The text as a JSON-RPC response, or undefined where it is anything else. */
export function parseResponse(text: string): JsonObject | undefined {
  try {
    const message = parseLossless(text) as JsonObject | null;
    return typeof message === 'object' && message !== null && ('result' in message || 'error' in message) ? message : undefined;
  } catch {
    // Not JSON, so not a response.
    return undefined;
  }
}
