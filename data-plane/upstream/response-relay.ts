import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { Dispatcher } from 'undici';
import { editAnswer, type EditedAnswer } from '../access/edited-answer.ts';
import { EventBoundary } from '../mcp/event-boundary.ts';
import { hasEventId, toErrorEvent } from '../mcp/error-event.ts';
import { findErrorCode, isModernRefusal, isRefusalOfLegacy } from '../mcp/era-evidence.ts';
import { isLostSessionAnswer, isLostSessionResult } from '../mcp/lost-session.ts';
import { packInitialize } from '../mcp/packed-initialize.ts';
import type { Exchange } from '../request/exchange.ts';
import type { Rejection } from '../request/rejection.ts';
import { findTraceparent } from '../telemetry/tracing.ts';
import { NO_HOP } from '../telemetry/upstream-hop.ts';
import { writeTogether } from '../write-together.ts';
import { addStreamHeaders, isEventStream } from './event-stream.ts';
import { judgeCredential, type CredentialHeaders } from './credential.ts';
import type { AdmittedCall, EraWatcher, Forwarder, SecondChances } from './forwarder.ts';
import { HeadTimeoutError, type HeadWaiter } from './head-deadlines.ts';
import { isStandalone, SilenceError, type LiveStream } from './stream-heartbeat.ts';
import { findRetryPause, toUpstreamRejection } from './upstream-failure.ts';
import { toClientHeaders } from './upstream-headers.ts';
import { findRedirectPath, MAX_REDIRECTS } from './upstream-redirect.ts';

/** An error answer that has to be read before it is passed on is read up to this size, in bytes. */
const MAX_INSPECTED_BYTES = 64 * 1024;

const KEEP_ALIVE_COMMENT = ': keepalive\n\n';

/** Bodies up to this size, in bytes, are cheaper to copy than to write beside their head. */
const MAX_COPIED_BYTES = 16 * 1024;

/** The client left before the answer was complete. An ordinary end. */
class ClientGoneError extends Error {
  override readonly name = 'ClientGoneError';
}

/**
 * Relays one upstream response to one client, byte for byte and as it comes. It is undici's handler itself: no stream, promise or
 * closure a request. The two sides end each other: a client that leaves aborts the upstream request, also before its first byte.
 */
export class ResponseRelay implements Dispatcher.DispatchHandler, LiveStream, HeadWaiter {
  readonly call: AdmittedCall;
  readonly origin: string;
  lastActivityMs: number;
  heardAtMs = 0;
  headDueAtMs = 0;
  /** What went upstream with the request. */
  sentCredential: CredentialHeaders = [];
  /** The request that is under way, as part of a trace. */
  hop = NO_HOP;
  waitingAt = -1;
  beatingAt = -1;
  readonly #forwarder: Forwarder;
  readonly #watcher: EraWatcher;
  readonly #chances: SecondChances;
  #controller: Dispatcher.DispatchController | undefined;
  #redirects = 0;
  #attempts = 0;
  /** Where the upstream sent us; dispatched when its redirect has been read. */
  #redirectPath: string | undefined;
  /** Set while an error answer is read before it is passed on. */
  #inspected: Buffer[] | undefined;
  #status = 0;
  #headers: string[] = [];
  /** What the upstream announced, in bytes; -1 where it did not. */
  #announcedBytes = -1;
  #boundary: EventBoundary | undefined;
  /** Set where the client must not get everything that the upstream says. */
  #edited: EditedAnswer | undefined;
  #isResumable = false;
  #isOver = false;

  constructor(forwarder: Forwarder, call: AdmittedCall, origin: string, watcher: EraWatcher, chances: SecondChances) {
    this.#forwarder = forwarder;
    this.#watcher = watcher;
    this.#chances = chances;
    this.call = call;
    this.origin = origin;
    this.lastActivityMs = call.exchange.startedAtMs;
    call.exchange.res.on('close', () => this.#onClientClose());
  }

  get exchange(): Exchange {
    return this.call.exchange;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.call.exchange.res.destroyed) return controller.abort(new ClientGoneError());
    if (this.call.exchange.req.method === 'GET') return; // some servers send the head with the first event
    const { deadlines, options } = this.#forwarder;
    this.headDueAtMs = Date.now() + (this.call.target.server.upstreamTimeoutMs ?? options.headTimeoutMs);
    deadlines.add(this);
  }

  onHeadOverdue(): void {
    this.#controller?.abort(new HeadTimeoutError());
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) return;
    this.#forwarder.deadlines.delete(this);
    this.hop.noteHead(status);
    this.call.exchange.noteUpstreamHead();
    const { exchange } = this.call;
    exchange.upstreamMs ??= Date.now() - exchange.startedAtMs;
    this.#redirectPath = this.#redirects < MAX_REDIRECTS ? findRedirectPath(this.origin, status, headers) : undefined;
    if (this.#redirectPath !== undefined) return;
    const isGet = exchange.req.method === 'GET';
    if (status === 404 && this.call.session !== undefined && !isGet) return this.#onSessionLost();
    const verdict = judgeCredential(this.call.credential, status, headers, !this.#chances.mayRenew);
    if (verdict === 'renew') return this.#renewCredential();
    const refusal = verdict === 'accepted' ? this.#findRefusal(status) : verdict;
    if (refusal !== undefined) return this.#refuse(refusal);
    this.#status = status;
    this.#headers = this.#toClientHeaders(headers);
    if (this.call.access !== undefined && !this.#beginEditing(headers)) return;
    this.#announcedBytes = headers['content-length'] === undefined ? -1 : Number(headers['content-length']);
    if (this.#mustInspect(status)) this.#inspected = [];
    else if (isEventStream(headers)) this.#openStream();
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#redirectPath !== undefined || this.#isOver) return;
    if (this.#inspected !== undefined) return this.#inspect(this.#inspected, chunk);
    if (this.#saysThatSessionIsLost(chunk)) return this.#onSessionLost();
    if (this.#edited !== undefined) return this.#writeEdited(controller, this.#edited, chunk);
    this.#write(controller, chunk);
  }

  #write(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const { exchange } = this.call;
    exchange.responseBytes += chunk.length;
    exchange.traffic?.onChunk(exchange, chunk);
    if (!exchange.res.headersSent) {
      exchange.res.writeHead(this.#status, this.#headers);
      if (chunk.length === this.#announcedBytes) return endWith(exchange.res, chunk);
    }
    if (this.#boundary !== undefined) this.#noteEvents(this.#boundary, chunk);
    if (exchange.res.write(chunk)) return;
    controller.pause();
    exchange.res.once('drain', () => controller.resume());
  }

  onResponseEnd(): void {
    if (this.#redirectPath !== undefined) return this.#follow(this.#redirectPath);
    if (this.#isOver) return;
    if (this.#inspected !== undefined) return this.#judge(Buffer.concat(this.#inspected));
    if (this.#edited !== undefined) this.#endEdited(this.#edited);
    this.#finish();
    const { res } = this.call.exchange;
    if (!res.headersSent) res.writeHead(this.#status, this.#headers);
    if (!res.writableEnded) res.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#isOver) return;
    const rejection = toUpstreamRejection(error);
    this.hop.end(rejection.reason);
    const { exchange, target } = this.call;
    const pauseMs = exchange.res.headersSent ? undefined : findRetryPause(error, this.#attempts++, target.server.connectRetries);
    if (pauseMs !== undefined) return this.#retry(pauseMs);
    this.#finish();
    if (!exchange.res.headersSent) {
      exchange.refuse(rejection);
      exchange.outcome = 'upstream_failed';
      return;
    }
    exchange.outcome = 'upstream_failed';
    if (this.#boundary === undefined) return void exchange.res.destroy();
    // A resumable stream is only cut: an error would end a call whose answer the client can still fetch by Last-Event-ID.
    const id = exchange.message?.id;
    if (!this.#isResumable && id != null && this.#boundary.isBetweenEvents())
      exchange.res.write(toErrorEvent(exchange.toWire({ reason: 'upstream_connection_lost' }), id));
    exchange.res.end();
  }

  beat(): void {
    if (this.#boundary?.isBetweenEvents() !== true) return;
    this.lastActivityMs = Date.now();
    this.call.exchange.res.write(KEEP_ALIVE_COMMENT);
  }

  /** The call ends though its answer could be fetched by Last-Event-ID: nobody will have it sooner there. */
  onSilence(): void {
    const { exchange } = this.call;
    if (isStandalone(exchange)) return this.endIfStandalone();
    this.#finish();
    this.#controller?.abort(new ClientGoneError());
    exchange.rejection = { reason: 'upstream_timeout', cause: new SilenceError() };
    exchange.outcome = 'upstream_failed';
    const id = exchange.message?.id;
    if (id != null && this.#boundary?.isBetweenEvents() === true) exchange.res.write(toErrorEvent(exchange.toWire(exchange.rejection), id));
    exchange.res.end();
  }

  endIfStandalone(): void {
    const { exchange } = this.call;
    if (!isStandalone(exchange)) return;
    this.#finish();
    this.#controller?.abort(new ClientGoneError());
    exchange.res.end();
  }

  /** False where the answer has to be read and cannot be. */
  #beginEditing(headers: IncomingHttpHeaders): boolean {
    const era = this.call.exchange.message?.era ?? 'legacy';
    this.#edited = editAnswer(this.call.access, era, isEventStream(headers));
    if (this.#edited === undefined) return true;
    // The gateway asked for no coding; what it cannot read, it cannot pass on.
    if ((headers['content-encoding'] ?? 'identity') !== 'identity') {
      this.#refuse({ reason: 'upstream_answer_invalid', fault: 'content coding' });
      return false;
    }
    this.#announcedBytes = -1;
    const at = this.#headers.indexOf('content-length');
    if (at >= 0) this.#headers.splice(at, 2);
    return true;
  }

  #writeEdited(controller: Dispatcher.DispatchController, edited: EditedAnswer, chunk: Buffer): void {
    const passed = edited.push(chunk);
    if (passed === undefined) return this.#cut();
    if (passed.length > 0) this.#write(controller, passed);
  }

  #endEdited(edited: EditedAnswer): void {
    const { exchange } = this.call;
    const rest = edited.end();
    exchange.responseBytes += rest.length;
    if (rest.length > 0) exchange.traffic?.onChunk(exchange, rest);
    if (!exchange.res.headersSent) exchange.res.writeHead(this.#status, [...this.#headers, 'content-length', String(rest.length)]);
    if (rest.length > 0) exchange.res.write(rest);
  }

  /** What would have to be read before it may be passed on is larger than the gateway reads. */
  #cut(): void {
    const { exchange } = this.call;
    if (!exchange.res.headersSent) return this.#refuse({ reason: 'upstream_answer_invalid', fault: 'answer too large' });
    this.#finish();
    this.#controller?.abort(new ClientGoneError());
    exchange.outcome = 'upstream_failed';
    exchange.res.destroy();
  }

  /** A head that waits for the first event would keep the client waiting: it sends nothing more before it has seen it. */
  #openStream(): void {
    this.#boundary = new EventBoundary();
    const { res } = this.call.exchange;
    res.writeHead(this.#status, this.#headers);
    res.flushHeaders();
    this.call.exchange.beginStream();
    this.lastActivityMs = this.heardAtMs = Date.now();
    this.#forwarder.options.heartbeat.add(this);
  }

  #noteEvents(boundary: EventBoundary, chunk: Buffer): void {
    this.lastActivityMs = this.heardAtMs = Date.now();
    boundary.note(chunk);
    this.#forwarder.options.listChanges.scan(this.call.target.server.id, chunk);
    this.#isResumable ||= hasEventId(chunk);
  }

  #toClientHeaders(headers: IncomingHttpHeaders): string[] {
    const { exchange } = this.call;
    const kept = toClientHeaders(headers);
    const sessionId = this.#toSessionId(headers['mcp-session-id']);
    if (sessionId !== undefined) kept.push('mcp-session-id', sessionId);
    if (isEventStream(headers)) addStreamHeaders(kept);
    exchange.addCrossOriginHeaders(kept);
    return kept;
  }

  /** The id by which the client knows the session that the upstream named, or that took the place of the client's. */
  #toSessionId(upstreamSessionId: string | string[] | undefined): string | undefined {
    const { exchange, isRecovered, session } = this.call;
    if (exchange.message?.era === 'modern') return undefined;
    if (typeof upstreamSessionId !== 'string') return isRecovered === true ? session?.id : undefined;
    return session?.kind === 'pass-through' && session.upstreamSessionId === upstreamSessionId ? session.id : this.#seal(upstreamSessionId);
  }

  #seal(upstreamSessionId: string): string {
    const { body, caller, exchange, session, target } = this.call;
    const known = session?.kind === 'pass-through' ? session.initialize : undefined;
    const initialize = exchange.message?.method === 'initialize' ? packInitialize(body!) : known;
    const binding = { routeId: target.route.grantId, callerId: caller.id };
    exchange.openedSession = upstreamSessionId;
    return this.#forwarder.options.sessions.seal({ kind: 'pass-through', upstreamSessionId, initialize, ...binding });
  }

  /** The upstream refused the call before it worked on it, so the call can be made again in a session that is opened for it. */
  #onSessionLost(): void {
    const { recovery } = this.#forwarder;
    const { session } = this.call;
    if (!this.#chances.mayRecover || session?.kind !== 'pass-through' || !recovery.canRecover(this.call)) {
      return this.#refuse({ reason: 'session_unknown' });
    }
    this.#finish();
    this.#controller?.abort(new ClientGoneError());
    void recovery.recover(this.call, session).then((recovered) => {
      const { exchange } = this.call;
      if (recovered === undefined) exchange.refuse({ reason: 'session_unknown' });
      else if (!exchange.res.destroyed) this.#forwarder.repeat(this.call, recovered, this.#watcher, this.#chances);
    });
  }

  /** The upstream refused the call before it worked on it, so the call can be made again with a newer credential. */
  #renewCredential(): void {
    this.#finish();
    this.#controller?.abort(new ClientGoneError());
    void this.call.credential
      .renewal!.renew(this.sentCredential, () => findTraceparent(this.call.exchange))
      .then((renewed) => {
        const { exchange } = this.call;
        if (!renewed.ok) exchange.refuse(renewed.error);
        else if (!exchange.res.destroyed) this.#forwarder.resend(this.call, this.#watcher, this.#chances);
      });
  }

  /** Statuses that never reach a client as they are. */
  #findRefusal(status: number): Rejection | undefined {
    // Relayed, these would make the client sign in again, at the upstream's authorization server instead of ours.
    if (status === 401 || status === 403) return { reason: 'upstream_credential_refused', status };
    if (status >= 300 && status < 400) return { reason: 'upstream_redirected', status };
    return undefined;
  }

  #retry(pauseMs: number): void {
    setTimeout(() => {
      if (!this.#isOver) this.#forwarder.retry(this);
    }, pauseMs);
  }

  #follow(path: string): void {
    this.#redirects++;
    this.#redirectPath = undefined;
    this.#forwarder.dispatch(this, path);
  }

  /** A short answer is one chunk: looked at without being kept back. */
  #saysThatSessionIsLost(chunk: Buffer): boolean {
    if (chunk.length !== this.#announcedBytes || this.call.session === undefined || this.#boundary !== undefined) return false;
    return this.#status === 200 && isLostSessionResult(chunk);
  }

  #inspect(chunks: Buffer[], chunk: Buffer): void {
    chunks.push(chunk);
    if (chunks.reduce((size, part) => size + part.length, 0) > MAX_INSPECTED_BYTES) {
      this.#refuse({ reason: 'upstream_answer_invalid', fault: 'error answer too large' });
    }
  }

  /** Statuses whose body tells more than they do: a session that is gone, or an upstream of the other era. */
  #mustInspect(status: number): boolean {
    const { exchange, session } = this.call;
    if (exchange.message?.era === 'modern') return status === 400 || status === 404 || status === 405;
    if (exchange.message?.method === 'initialize') return status === 400 || status === 404;
    return session !== undefined && (status === 400 || status === 404);
  }

  #judge(body: Buffer): void {
    const { exchange, session } = this.call;
    const error = findErrorCode(body);
    if (exchange.message?.era === 'modern') {
      if (!isModernRefusal(error)) this.#watcher.onModernRefused(this.call);
      return this.#passOn(body);
    }
    if (session !== undefined && isLostSessionAnswer(body)) return this.#onSessionLost();
    // A server without streams may answer 404 to every GET, but then not in JSON-RPC.
    if (this.#status === 404 && session !== undefined) {
      return error === undefined ? this.#refuse({ reason: 'session_unknown' }) : this.#onSessionLost();
    }
    if (!isRefusalOfLegacy(error)) return this.#passOn(body);
    void this.#watcher.onLegacyRefused(this.call).then((isHandled) => {
      if (isHandled) this.#isOver = true;
      else if (session !== undefined) this.#refuse({ reason: 'session_unknown' });
      else this.#passOn(body);
    });
  }

  #passOn(body: Buffer): void {
    if (this.#isOver) return;
    this.#finish();
    const { exchange } = this.call;
    if (this.#edited !== undefined) {
      this.#edited.push(body);
      this.#endEdited(this.#edited);
      return void exchange.res.end();
    }
    exchange.responseBytes += body.length;
    exchange.traffic?.onChunk(exchange, body);
    exchange.res.writeHead(this.#status, this.#headers);
    exchange.res.end(body);
  }

  #refuse(rejection: Rejection): void {
    this.hop.end(rejection.reason);
    this.#finish();
    this.call.exchange.refuse(rejection);
    this.#controller?.abort(new ClientGoneError());
  }

  #onClientClose(): void {
    if (this.#isOver || this.call.exchange.res.writableFinished) return;
    this.hop.end('client_gone');
    this.#finish();
    this.call.exchange.outcome = 'client_gone';
    this.#controller?.abort(new ClientGoneError());
  }

  #finish(): void {
    this.#isOver = true;
    this.hop.end();
    this.#forwarder.deadlines.delete(this);
    if (this.#boundary !== undefined) this.#forwarder.options.heartbeat.delete(this);
  }
}

/** The common body of one chunk leaves with its head in one piece: Node joins texts, and Latin-1 has a character for every byte. */
function endWith(res: ServerResponse, body: Buffer): void {
  writeTogether(res.socket);
  if (body.length > MAX_COPIED_BYTES) res.end(body);
  else res.end(body.toString('latin1'), 'latin1');
}
