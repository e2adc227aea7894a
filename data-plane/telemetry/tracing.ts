import type { Sampler } from '../../foundation/otlp/sampler.ts';
import { toTraceparent, type TraceParent } from '../../foundation/trace-context.ts';
import type { Exchange } from '../request/exchange.ts';
import { RequestSpans } from './request-spans.ts';
import { hasTraceContext, type TraceContext } from './trace-context.ts';
import { NO_HOP, UpstreamHop } from './upstream-hop.ts';

/**
 * What upstreams are told of a trace: nothing, what a header says, or that and what the `_meta` of a message says. In the last case the
 * bytes of a passed-through message are not the client's any longer.
 */
export type TracePropagation = 'off' | 'header' | 'header-and-meta';

/** Where spans go. */
export interface SpanExport {
  readonly sampler: Sampler;
  /** Takes a finished span, encoded. */
  readonly add: (span: string) => void;
}

/** Where a request to an upstream goes. */
export interface HopTarget {
  readonly origin: string;
  /** The MCP method, where the gateway asks in its own words. */
  readonly method?: string;
  /** Whether it is another process of the gateway, which is always told. */
  readonly isPeer?: boolean;
}

/** How a process takes part in traces: it passes on those of clients, and records its own part where that is exported. */
export class Tracing {
  readonly #propagation: TracePropagation;
  readonly #spans: SpanExport | undefined;

  constructor(propagation: TracePropagation, spans?: SpanExport) {
    this.#propagation = propagation;
    this.#spans = spans;
  }

  /** Called for each request before anything else. */
  begin(exchange: Exchange): void {
    exchange.tracing = this;
    if (this.#spans !== undefined) exchange.spans = new RequestSpans();
  }

  /** What goes to an upstream, and is told of the trace. Of a trace that nobody began and nobody records, nothing is told. */
  startHop(exchange: Exchange, target: HopTarget): UpstreamHop {
    const isTold = target.isPeer === true || this.#propagation !== 'off';
    if (exchange.spans === undefined && (!isTold || !hasTraceContext(exchange))) return NO_HOP;
    const { trace } = exchange;
    const record = this.#isSampled(exchange) ? exchange.spans?.addHop(target.origin, target.method) : undefined;
    if (!isTold) return new UpstreamHop([], [], record);
    const headers = toMembers(trace, this.#toParent(exchange, record?.spanId));
    const hasMeta = this.#propagation === 'header-and-meta' && exchange.message?.era === 'modern';
    return new UpstreamHop(headers, hasMeta ? headers : [], record);
  }

  /** What the control plane is told that is asked for a request's sake; undefined where nobody began a trace and nobody records one. */
  findTraceparent(exchange: Exchange): string | undefined {
    this.#isSampled(exchange);
    const parent = this.#toParent(exchange, undefined);
    return parent === undefined ? undefined : toTraceparent(parent);
  }

  /** Called for each request when it is over. */
  end(exchange: Exchange): void {
    if (this.#spans === undefined || exchange.spans === undefined || !this.#isSampled(exchange)) return;
    for (const span of exchange.spans.encode(exchange)) this.#spans.add(span);
  }

  /** Where nothing is recorded, the upstream's parent is the client's span. */
  #toParent(exchange: Exchange, hopId: string | undefined): TraceParent | undefined {
    const { trace, spans } = exchange;
    if (spans === undefined) return trace.parent;
    return { traceId: trace.traceId, spanId: hopId ?? trace.spanId, isSampled: spans.isSampled === true };
  }

  #isSampled({ spans, trace }: Exchange): boolean {
    if (this.#spans === undefined || spans === undefined) return false;
    return (spans.isSampled ??= this.#spans.sampler(trace.traceId, trace.parent?.isSampled));
  }
}

function toMembers({ state, baggage }: TraceContext, parent: TraceParent | undefined): string[] {
  const members: string[] = [];
  if (parent !== undefined) members.push('traceparent', toTraceparent(parent));
  if (parent !== undefined && state !== undefined) members.push('tracestate', state);
  if (baggage !== undefined) members.push('baggage', baggage);
  return members;
}

/** The `traceparent` of what this process asks the control plane on behalf of a client's request. */
export function findTraceparent(exchange: Exchange): string | undefined {
  return exchange.tracing?.findTraceparent(exchange);
}

/** Begins a request to an upstream on behalf of a client's. */
export function startHop(exchange: Exchange, target: HopTarget): UpstreamHop {
  exchange.noteSent();
  return exchange.tracing?.startHop(exchange, target) ?? NO_HOP;
}
