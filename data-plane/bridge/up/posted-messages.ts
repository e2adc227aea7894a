import { parseLossless } from '../../mcp/lossless-json.ts';
import { findName, isObject, type JsonObject, type JsonRpcId } from '../../mcp/message.ts';
import type { EraVerdicts } from '../../upstream/era-verdicts.ts';
import type { AdmittedCall } from '../../upstream/forwarder.ts';
import type { StreamHeartbeat } from '../../upstream/stream-heartbeat.ts';
import { BridgedCall, type LegacyRequest } from './bridged-call.ts';
import type { BridgedSession } from './bridged-session.ts';
import type { Discoveries } from './discoveries.ts';
import { LOCAL_METHODS } from './local-methods.ts';
import { PostAnswer } from './post-answer.ts';
import type { QuestionLimits } from './question-round.ts';
import type { ToolHeaders } from './tool-headers.ts';
import type { UpstreamSide } from './upstream-side.ts';

/** What serving messages needs. */
export interface PostedMessagesOptions {
  readonly upstream: UpstreamSide;
  readonly discoveries: Discoveries;
  readonly toolHeaders: ToolHeaders;
  readonly limits: QuestionLimits;
  readonly verdicts: EraVerdicts;
}

/** How a POST is answered. */
export interface AnswerSettings {
  readonly heartbeat: StreamHeartbeat;
  /** Names and values in turn. */
  readonly headers: readonly string[];
}

/** Log messages that a client gets which never said what it wants: a legacy server may decide (MCP 2025-11-25, Logging, Message Flow). */
const DEFAULT_LOG_LEVEL = 'info';

/** Notifications that say something to a legacy server and nothing to a modern one. */
const LEGACY_NOTIFICATIONS: ReadonlySet<string> = new Set([
  'notifications/initialized',
  'notifications/roots/list_changed',
  'notifications/progress',
]);

/** Serves the messages that a legacy client posts in a session: requests, notifications, replies, and arrays of them. */
export class PostedMessages {
  readonly #options: PostedMessagesOptions;

  constructor(options: PostedMessagesOptions) {
    this.#options = options;
  }

  async handle(call: AdmittedCall, session: BridgedSession, settings: AnswerSettings): Promise<void> {
    const body = parseLossless(call.body!.toString('utf8')) as JsonObject | readonly JsonObject[];
    const isBatch = Array.isArray(body);
    const messages: readonly JsonObject[] = isBatch ? body : [body as JsonObject];
    const requests = messages.map(toRequest).filter((request) => request !== undefined);
    for (const message of messages) this.#note(call, session, message);
    if (requests.length === 0) return accept(call, settings.headers);
    const started: BridgedCall[] = [];
    const prefersStream = requests.some(({ method }) => !LOCAL_METHODS.has(method));
    const options = { ...settings, exchange: call.exchange, requests: requests.length, isBatch, prefersStream };
    const onGone = () => started.forEach((bridged) => bridged.detach());
    const answer = new PostAnswer(options, onGone, (rejection) => started.forEach((bridged) => bridged.onOverdue(rejection)));
    await Promise.all(requests.map((request) => this.#start(call, session, answer, request, started)));
  }

  /** Takes what needs no response. */
  #note(call: AdmittedCall, session: BridgedSession, message: JsonObject): void {
    const { id, method, params } = message;
    if (typeof method !== 'string') return session.reply(message);
    if (id !== undefined || LEGACY_NOTIFICATIONS.has(method)) return;
    if (method === 'notifications/cancelled') return session.cancelCall(isObject(params) ? params['requestId'] : undefined);
    this.#options.upstream.notify(call, session, { method, params: isObject(params) ? params : undefined });
  }

  async #start(
    call: AdmittedCall,
    session: BridgedSession,
    answer: PostAnswer,
    request: LegacyRequest,
    started: BridgedCall[],
  ): Promise<void> {
    const { discoveries, limits, toolHeaders, upstream, verdicts } = this.#options;
    const local = LOCAL_METHODS.get(request.method);
    if (local !== undefined) {
      const outcome = await local({ call, session, discoveries }, request.params ?? {});
      const response: JsonObject = { jsonrpc: '2.0', id: request.id, ...outcome };
      return answer.respond(call.access === undefined ? response : call.access.editResponse(response, 'legacy'));
    }
    const logs = discoveries.findCapabilities(call)?.['logging'] !== undefined;
    const bridged = new BridgedCall(
      {
        call,
        session,
        answer,
        upstream,
        toolHeaders,
        limits,
        logLevel: session.logLevel ?? (logs ? DEFAULT_LOG_LEVEL : undefined),
        onRevisionRefused: () => verdicts.forget(call),
      },
      request,
    );
    started.push(bridged);
    bridged.start();
  }
}

function toRequest({ id, method, params }: JsonObject): LegacyRequest | undefined {
  if (typeof method !== 'string' || id === undefined) return undefined;
  const given = isObject(params) ? params : undefined;
  return { id: id as JsonRpcId, method, name: findName(method, given), params: given };
}

/** Answers a POST that carried nothing but notifications and replies (MCP 2025-11-25, Transports, Sending Messages). */
function accept(call: AdmittedCall, extra: readonly string[]): void {
  const headers = ['content-length', '0', ...extra];
  call.exchange.addCrossOriginHeaders(headers);
  call.exchange.res.writeHead(202, headers).end();
}
