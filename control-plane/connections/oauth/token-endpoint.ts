// Trust boundary: the only way to a token of an upstream from outside this process. Whoever cannot show a token of a data plane, made with
// a shared key for this very request, is answered as if there were nothing here.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { KeyRing } from '../../../contract/key-ring.ts';
import { isPlaneToken } from '../../../contract/plane-token.ts';
import { UPSTREAM_TOKEN_PATH, UpstreamTokenQuestionSchema, type UpstreamTokenQuestion } from '../../../contract/upstream-token.ts';
import type { Clock } from '../../../foundation/clock.ts';
import type { Logger } from '../../../foundation/logger.ts';
import type { PageHandler } from '../../pages/index.ts';
import type { WorkObserver } from '../../telemetry/index.ts';
import type { TokenService } from './token-service.ts';

const MAX_QUESTION_BYTES = 4_096;
/** When to ask again after a fault of ours, in milliseconds. */
const FAULT_PAUSE_MS = 1_000;

/** What answering needs. */
export interface TokenEndpointParts {
  readonly tokens: TokenService;
  readonly ring: KeyRing;
  readonly clock: Clock;
  readonly observer: WorkObserver;
  readonly logger: Logger;
}

/** Answers the data planes' questions for tokens. */
export function answerTokenQuestions(parts: TokenEndpointParts): PageHandler {
  return async (req, res, next) => {
    if (req.method !== 'POST' || req.url !== UPSTREAM_TOKEN_PATH) return next();
    const question = readQuestion(parts, req, await readBody(req));
    if (question === undefined) return next();
    const asked = { work: 'token_question', traceparent: req.headers['traceparent']?.toString() } as const;
    try {
      sendJson(
        res,
        await parts.observer.observe(
          asked,
          () => parts.tokens.answer(question),
          ({ outcome }) => outcome,
        ),
      );
    } catch (cause) {
      // The database is away, most likely. The data plane then says 503 and asks again.
      parts.logger.warn({ event: 'upstream_token_unavailable', err: cause }, 'a token cannot be looked up');
      sendJson(res, { outcome: 'unavailable', retryAfterMs: FAULT_PAUSE_MS });
    }
  };
}

function readQuestion(
  { ring, clock }: TokenEndpointParts,
  req: IncomingMessage,
  body: string | undefined,
): UpstreamTokenQuestion | undefined {
  const request = { method: 'POST', path: UPSTREAM_TOKEN_PATH, body: body ?? '' };
  if (body === undefined || !isPlaneToken(ring, req.headers.authorization ?? '', request, clock.nowMs())) return undefined;
  const parsed = UpstreamTokenQuestionSchema.safeParse(parseJson(body));
  return parsed.success ? parsed.data : undefined;
}

async function readBody(req: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_QUESTION_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // refused by the schema
  }
}

function sendJson(res: ServerResponse, body: object): void {
  res.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(body));
}
