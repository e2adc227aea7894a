import { randomFillSync } from 'node:crypto';

/** What a `traceparent` says (W3C Trace Context, section 3.2): the trace, the sender's span, and whether the sender records it. */
export interface TraceParent {
  /** 32 lowercase hexadecimal digits, not all zero. */
  readonly traceId: string;
  /** 16 lowercase hexadecimal digits, not all zero. */
  readonly spanId: string;
  readonly isSampled: boolean;
}

/** The longest `traceparent` that is looked at, in characters: later versions may add to the 55 of this one. */
const MAX_TRACEPARENT = 256;

/** The longest `tracestate` that is passed on, in characters (W3C Trace Context, section 3.3.1.5). */
const MAX_TRACESTATE = 512;

/** The longest `baggage` that is passed on, in characters (W3C Baggage, section 3.3.2). */
const MAX_BAGGAGE = 8_192;

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const NO_TRACE = '0'.repeat(32);
const NO_SPAN = '0'.repeat(16);
const SAMPLED = 1;

/** What may stand in a header: visible characters of ASCII, spaces and tabs. */
const HEADER_TEXT = /^[\t\x20-\x7e]+$/;

/** Reads a `traceparent`. Anything that is not one counts as none, and then a trace begins anew (W3C Trace Context, section 4.3). */
export function parseTraceparent(value: unknown): TraceParent | undefined {
  if (typeof value !== 'string' || value.length > MAX_TRACEPARENT) return undefined;
  const match = TRACEPARENT.exec(value);
  if (match === null) return undefined;
  const [, version, traceId, spanId, flags, more] = match;
  if (version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (traceId === NO_TRACE || spanId === NO_SPAN) return undefined;
  return { traceId: traceId!, spanId: spanId!, isSampled: (Number.parseInt(flags!, 16) & SAMPLED) === SAMPLED };
}

/** A `traceparent` of the version that everybody reads. */
export function toTraceparent({ traceId, spanId, isSampled }: TraceParent): string {
  return `00-${traceId}-${spanId}-0${isSampled ? SAMPLED : 0}`;
}

/** A `tracestate` that may be passed on: what vendors added to a trace. Undefined where there is none, or it is too long or no header text. */
export function checkTracestate(value: unknown): string | undefined {
  return checkText(value, MAX_TRACESTATE);
}

/** A `baggage` that may be passed on: what applications let travel with a trace. */
export function checkBaggage(value: unknown): string | undefined {
  return checkText(value, MAX_BAGGAGE);
}

function checkText(value: unknown, maxLength: number): string | undefined {
  return typeof value === 'string' && value.length <= maxLength && HEADER_TEXT.test(value) ? value : undefined;
}

const TRACE_ID_BYTES = 16;
export const TRACE_ID_DIGITS = 2 * TRACE_ID_BYTES;
const SPAN_ID_BYTES = 8;

/** Random bytes are made in stock: asking for a few at a time costs more than they do. */
const stock = Buffer.alloc(4_096);
let used = stock.length;

/** A new trace id: 32 hexadecimal digits, all of them random, as samplers expect. */
export function makeTraceId(): string {
  return takeHex(TRACE_ID_BYTES);
}

/** A new trace id and a new span id, one after the other. */
export function makeTraceAndSpanId(): string {
  return takeHex(TRACE_ID_BYTES + SPAN_ID_BYTES);
}

/** A new span id: 16 random hexadecimal digits. */
export function makeSpanId(): string {
  return takeHex(SPAN_ID_BYTES);
}

function takeHex(bytes: number): string {
  if (used + bytes > stock.length) {
    randomFillSync(stock);
    used = 0;
  }
  used += bytes;
  return stock.toString('hex', used - bytes, used);
}
