import { toTraceparent, type TraceParent } from '../../foundation/trace-context.ts';
import type { Exchange } from '../request/exchange.ts';
import { hasTraceContext, type TraceContext } from './trace-context.ts';

/**
 * What upstreams are told of a trace: nothing, what a header says, or that and what the `_meta` of a message says. In the last case the
 * bytes of a passed-through message are not the client's any longer.
 */
export type TracePropagation = 'off' | 'header' | 'header-and-meta';

/** What tells an upstream of a trace. */
export interface TraceCarrier {
  /** Names and values in turn. */
  readonly headers: readonly string[];
  /** Members of `_meta`, names and values in turn; empty where it is left as it is. */
  readonly meta: readonly string[];
}

const NO_TRACE: TraceCarrier = { headers: [], meta: [] };

/** How a process takes part in traces. */
export class Tracing {
  readonly #propagation: TracePropagation;

  constructor(propagation: TracePropagation) {
    this.#propagation = propagation;
  }

  /** What the upstream of a request is told. Of a trace that nobody began nothing is made here, because nobody would record it. */
  toCarrier(exchange: Exchange): TraceCarrier {
    if (this.#propagation === 'off') return NO_TRACE;
    const headers = this.toPeerHeaders(exchange);
    return { headers, meta: this.#propagation === 'header-and-meta' && exchange.message?.era === 'modern' ? headers : [] };
  }

  /** What another process of the gateway is told that serves the request, names and values in turn. */
  toPeerHeaders(exchange: Exchange): readonly string[] {
    return hasTraceContext(exchange) ? toMembers(exchange.trace, exchange.trace.parent) : [];
  }
}

function toMembers({ state, baggage }: TraceContext, parent: TraceParent | undefined): string[] {
  const members: string[] = [];
  if (parent !== undefined) members.push('traceparent', toTraceparent(parent));
  if (parent !== undefined && state !== undefined) members.push('tracestate', state);
  if (baggage !== undefined) members.push('baggage', baggage);
  return members;
}

/** What the upstream of a request is told of its trace. */
export function findTraceCarrier(exchange: Exchange): TraceCarrier {
  return exchange.tracing?.toCarrier(exchange) ?? NO_TRACE;
}
