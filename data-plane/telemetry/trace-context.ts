// Trust boundary: what a client says of its trace is an id that anybody may claim. It is checked for its form and its length, decides nothing
// but which records belong together, and is kept out of everything where its form is not that of the standard.
import {
  checkBaggage,
  checkTracestate,
  makeSpanId,
  makeTraceAndSpanId,
  TRACE_ID_DIGITS,
  parseTraceparent,
  type TraceParent,
} from '../../foundation/trace-context.ts';
import { isObject, type JsonObject } from '../mcp/message.ts';
import type { Exchange } from '../request/exchange.ts';

/** Where a request stands in a trace. */
export class TraceContext {
  readonly traceId: string;
  /** What the sender said; undefined where the trace begins here. */
  readonly parent: TraceParent | undefined;
  /** What vendors added to the trace, as it came. */
  readonly state: string | undefined;
  /** What applications let travel with the trace, as it came. */
  readonly baggage: string | undefined;
  #spanId: string | undefined;

  constructor(parent: TraceParent | undefined, state: string | undefined, baggage: string | undefined) {
    if (parent === undefined) {
      const ids = makeTraceAndSpanId(); // at once, because most of what it costs is by the call
      this.traceId = ids.slice(0, TRACE_ID_DIGITS);
      this.#spanId = ids.slice(TRACE_ID_DIGITS);
    } else this.traceId = parent.traceId;
    this.parent = parent;
    this.state = state;
    this.baggage = baggage;
  }

  /** Of what the gateway does for the request. */
  get spanId(): string {
    return (this.#spanId ??= makeSpanId());
  }
}

type TracedRequest = Pick<Exchange, 'req' | 'message' | 'isRelayed'>;

/**
 * Continues the trace that the message names in its `_meta` (MCP 2026-07-28, Base protocol, Request metadata), else the one of the HTTP
 * header, else begins one. A request that another process of the gateway handed on is continued from the header, which that process wrote.
 */
export function findTraceContext(request: TracedRequest): TraceContext {
  if (!hasTraceContext(request)) return new TraceContext(undefined, undefined, undefined);
  const { headers } = request.req;
  const meta = findTraceMeta(request);
  const carriers: readonly JsonObject[] = meta === undefined ? [headers] : request.isRelayed ? [headers, meta] : [meta, headers];
  const baggage = findBaggage(carriers);
  for (const carrier of carriers) {
    const parent = parseTraceparent(carrier['traceparent']);
    if (parent !== undefined) return new TraceContext(parent, checkTracestate(carrier['tracestate']), baggage);
  }
  return new TraceContext(undefined, undefined, baggage);
}

/** Whether the request says anything of a trace. Asked before anything is made of it. */
export function hasTraceContext(request: TracedRequest): boolean {
  const { headers } = request.req;
  return headers['traceparent'] !== undefined || headers['baggage'] !== undefined || findTraceMeta(request) !== undefined;
}

/** The `_meta` of a message, where it says something of a trace. */
function findTraceMeta({ message }: TracedRequest): JsonObject | undefined {
  const meta = message?.params?.['_meta'];
  return isObject(meta) && (meta['traceparent'] !== undefined || meta['baggage'] !== undefined) ? meta : undefined;
}

function findBaggage(carriers: readonly JsonObject[]): string | undefined {
  for (const carrier of carriers) {
    const baggage = checkBaggage(carrier['baggage']);
    if (baggage !== undefined) return baggage;
  }
  return undefined;
}
