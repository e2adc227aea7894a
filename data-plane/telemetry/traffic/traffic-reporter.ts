import { encodeTrafficEvent, type TrafficKind, type TrafficOutcome } from '../../../contract/traffic-event.ts';
import type { McpMessage } from '../../mcp/message.ts';
import type { Exchange } from '../../request/exchange.ts';
import type { RoutedWorkspace } from '../../snapshot/routed-workspace.ts';
import { AnswerFacts, isAnswerOfInterest } from './answer-facts.ts';
import { toErrorReason } from './error-reason.ts';
import { BatchBuilder, type TrafficBatch } from './traffic-batch.ts';
import { DroppedEvents } from './dropped-events.ts';
import { findCapture, toPayload } from './payload-capture.ts';
import { writeTrafficLine, type LineFacts } from './traffic-line.ts';
import type { DropReason, TrafficSender } from './traffic-sender.ts';

/** What is told of a request while it goes on. One object a process, so that a request pays nothing for it. */
export interface TrafficWatcher {
  /** The head of an event stream has left. */
  onStream(exchange: Exchange): void;
  /** A part of the upstream's answer, as the client gets it. */
  onChunk(exchange: Exchange, chunk: Buffer): void;
  /** A message to the client that the gateway wrote itself. */
  onMessage(exchange: Exchange, message: object): void;
}

/** How long an event waits for others to travel with, in milliseconds. */
const FLUSH_MS = 100;

/** How many refusals of callers that nobody knows are worth a line each, a second. The others are counted. */
const UNKNOWN_CALLERS_PER_SECOND = 50;

export interface TrafficReporterOptions {
  readonly processId: string;
  readonly makeSender: (onDropped: (batch: TrafficBatch, reason: DropReason) => void) => TrafficSender;
  readonly findWorkspace: (slugOrId: string) => RoutedWorkspace | undefined;
  readonly nowMs: () => number;
}

/** Makes an event of each interaction, and counts those that are lost. */
export class TrafficReporter implements TrafficWatcher {
  readonly sender: TrafficSender;
  readonly dropped = new DroppedEvents();
  readonly #options: TrafficReporterOptions;
  readonly #builder: BatchBuilder;
  readonly #timer: NodeJS.Timeout;
  #sequence = 0;
  #strangersSecond = 0;
  #strangers = 0;

  constructor(options: TrafficReporterOptions) {
    this.#options = options;
    this.sender = options.makeSender((batch, reason) => this.dropped.addBatch(batch, reason, options.nowMs()));
    this.#builder = new BatchBuilder(options.processId, (batch) => {
      this.sender.push(batch);
      void this.sender.wake();
    });
    this.#timer = setInterval(() => this.#flush(), FLUSH_MS);
    this.#timer.unref();
  }

  /** How many events were made. */
  get reported(): number {
    return this.#sequence;
  }

  onStream(exchange: Exchange): void {
    if (!isStandalone(exchange) || exchange.isHandedOver) return;
    const facts = this.#findFacts(exchange);
    facts.isOpened = true;
    facts.sequence ??= this.#sequence++;
    const { message } = exchange;
    this.#add(exchange, { sequence: facts.sequence, kind: 'STREAM_OPEN', outcome: 'COMPLETED', message, saysSizes: false });
  }

  onChunk(exchange: Exchange, chunk: Buffer): void {
    if (exchange.isStream) this.#findFacts(exchange).onStreamChunk(chunk);
    else if (isCaptured(exchange)) this.#findFacts(exchange).onBodyChunk(chunk);
    else if (exchange.responseBytes === chunk.length) exchange.answerBody = chunk;
    else exchange.answerBody = undefined; // an answer of several pieces is larger than what is looked into
  }

  onMessage(exchange: Exchange, message: object): void {
    const facts = this.#findFacts(exchange);
    const isOfBatch = exchange.message?.kind === 'batch';
    for (const single of Array.isArray(message) ? message : [message]) facts.onMessage(single, isOfBatch);
  }

  /** The answer is complete, or the client has left. */
  note(exchange: Exchange, durationMs: number): void {
    if (exchange.names === undefined || exchange.isHandedOver || exchange.req.method === 'OPTIONS') return;
    const { answerBody } = exchange;
    const era = exchange.message?.era ?? 'legacy';
    if (answerBody !== undefined && isAnswerOfInterest(answerBody, era)) this.#findFacts(exchange).onText(answerBody.toString('utf8'));
    const facts = exchange.answerFacts;
    if (facts?.keepsResponse === true) readBody(facts);
    if (exchange.caller === undefined && !this.#mayTellOfStranger()) return this.#dropStranger(exchange);
    const elements = exchange.message?.elements;
    if (elements !== undefined) return this.#noteBatch(exchange, elements, durationMs);
    const kind = toKind(exchange);
    const isClose = kind === 'STREAM_CLOSE';
    const sequence = isClose ? this.#sequence++ : (facts?.sequence ?? this.#sequence++);
    const outcome = toOutcome(exchange, facts?.errorCode);
    this.#add(exchange, {
      sequence,
      kind,
      outcome,
      message: exchange.message,
      saysSizes: true,
      totalMs: durationMs,
      errorCode: facts?.errorCode ?? toRefusalCode(exchange),
      errorReason: outcome === 'COMPLETED' ? undefined : toErrorReason(exchange, facts?.errorCode),
      parentSequence: isClose ? facts?.sequence : undefined,
      payload: toPayload(exchange),
    });
  }

  /** Sends what is left, or leaves it on disk. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#reportDropped();
    this.#builder.finish();
    await this.sender.stop();
  }

  #noteBatch(exchange: Exchange, elements: readonly McpMessage[], durationMs: number): void {
    const facts = exchange.answerFacts;
    elements.forEach((message, position) => {
      const refusal = exchange.refusedElements?.get(position);
      const code = facts?.errors?.get(JSON.stringify(message.id));
      const kind = refusal !== undefined || exchange.rejection !== undefined ? 'REFUSAL' : KINDS[message.kind];
      const outcome = refusal === undefined ? toOutcome(exchange, code) : 'REFUSED';
      const sequence = position === 0 ? (facts?.sequence ?? this.#sequence++) : this.#sequence++;
      const errorReason = outcome === 'COMPLETED' ? undefined : toErrorReason(exchange, code);
      this.#add(exchange, {
        sequence,
        kind,
        outcome,
        message,
        saysSizes: position === 0,
        totalMs: durationMs,
        errorCode: code,
        errorReason,
        refusal,
      });
    });
  }

  #findFacts(exchange: Exchange): AnswerFacts {
    return (exchange.answerFacts ??= new AnswerFacts((method) => this.#noteServerRequest(exchange, method), isCaptured(exchange)));
  }

  #noteServerRequest(exchange: Exchange, method: string): void {
    if (exchange.isHandedOver) return;
    const parentSequence = (exchange.answerFacts!.sequence ??= this.#sequence++);
    const sequence = this.#sequence++;
    const { message } = exchange;
    this.#add(exchange, { sequence, kind: 'SERVER_REQUEST', outcome: 'COMPLETED', message, method, saysSizes: false, parentSequence });
  }

  #add(exchange: Exchange, facts: LineFacts): void {
    const isKnown = exchange.caller !== undefined && exchange.target !== undefined;
    const workspace = isKnown || exchange.names === undefined ? undefined : this.#options.findWorkspace(exchange.names.workspace);
    writeTrafficLine(this.#builder.lines, exchange, facts, this.#options.nowMs(), workspace);
    this.#builder.noteLine();
  }

  #mayTellOfStranger(): boolean {
    const second = Math.floor(this.#options.nowMs() / 1_000);
    if (second !== this.#strangersSecond) [this.#strangersSecond, this.#strangers] = [second, 0];
    return ++this.#strangers <= UNKNOWN_CALLERS_PER_SECOND;
  }

  #dropStranger(exchange: Exchange): void {
    this.#sequence++;
    const organizationId = this.#options.findWorkspace(exchange.names?.workspace ?? '')?.organizationId;
    this.dropped.add(organizationId, 'unknown_callers', 1, this.#options.nowMs());
  }

  #flush(): void {
    if (this.sender.hasRoom) this.#reportDropped();
    this.#builder.finish();
    void this.sender.wake();
  }

  /** A hole in the log is told where the events are missing: in the log of their organization. */
  #reportDropped(): void {
    for (const { organizationId, reason, count, sinceMs } of this.dropped.take()) {
      const event = {
        sequence: this.#sequence++,
        timeMs: this.#options.nowMs(),
        kind: 'DROPPED',
        outcome: 'FAILED',
        organizationId,
        reason,
        droppedCount: count,
        droppedSinceMs: sinceMs,
      } as const;
      this.#builder.lines.text(`${encodeTrafficEvent(event)}\n`);
      this.#builder.noteLine();
    }
  }
}

function isCaptured(exchange: Exchange): boolean {
  return findCapture(exchange) === 'ARGUMENTS_AND_RESULTS';
}

/** A JSON body that was collected because it is captured. */
function readBody(facts: AnswerFacts): void {
  const { text, isWhole } = facts.takeBody();
  if (isWhole) facts.onText(text);
  else facts.unread = text;
}

/** A stream that is no answer to one request: opened by GET, or to listen. */
function isStandalone({ message, req }: Exchange): boolean {
  return req.method === 'GET' || message?.method === 'subscriptions/listen';
}

/** The code of the error that a refusal was answered with; a question in its place has none. */
function toRefusalCode(exchange: Exchange): number | undefined {
  const wire = exchange.rejection === undefined ? undefined : exchange.toWire(exchange.rejection);
  return wire?.result === undefined ? wire?.code : undefined;
}

const KINDS = { request: 'REQUEST', notification: 'NOTIFICATION', response: 'RESPONSE', batch: 'REQUEST' } as const;

function toKind({ answerFacts, message, rejection, req }: Exchange): TrafficKind {
  if (answerFacts?.isOpened === true) return 'STREAM_CLOSE';
  if (rejection !== undefined) return 'REFUSAL';
  if (req.method === 'DELETE') return 'SESSION_END';
  return message === undefined ? 'REQUEST' : KINDS[message.kind];
}

function toOutcome({ answerFacts, outcome, rejection, res, upstreamMs }: Exchange, errorCode: number | undefined): TrafficOutcome {
  switch (outcome) {
    case 'refused':
      return 'REFUSED';
    case 'client_gone':
      return 'CLIENT_GONE';
    case 'upstream_failed':
      return 'UPSTREAM_FAILED';
    case 'failed':
      return 'FAILED';
    case 'relayed':
    case 'completed':
      break;
  }
  if (res.statusCode === 500 && upstreamMs === undefined && rejection === undefined) return 'FAILED'; // a bug, which only the server knows of
  return errorCode !== undefined || answerFacts?.isToolError === true || res.statusCode >= 400 ? 'ERROR' : 'COMPLETED';
}
