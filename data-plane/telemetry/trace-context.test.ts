import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Exchange } from '../request/exchange.ts';

const HEADER = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), isSampled: true };
const META = { traceId: 'c'.repeat(32), spanId: 'd'.repeat(16), isSampled: false };
const IN_HEADER = `00-${HEADER.traceId}-${HEADER.spanId}-01`;
const IN_META = `00-${META.traceId}-${META.spanId}-00`;

function exchangeWith(headers: Record<string, string>, meta?: Record<string, unknown>, isRelayed = false): Exchange {
  const req = new IncomingMessage(new Socket());
  Object.assign(req.headers, headers);
  const exchange = new Exchange(req, new ServerResponse(req), 0, isRelayed);
  if (meta !== undefined) {
    exchange.message = { kind: 'request', era: 'modern', method: 'tools/call', id: 1, name: 'find', params: { _meta: meta } };
  }
  return exchange;
}

describe('the trace of a request', () => {
  it('is the one that the message names, before the one of the header', () => {
    const { trace } = exchangeWith({ traceparent: IN_HEADER, tracestate: 'h=1' }, { traceparent: IN_META, tracestate: 'm=1' });
    expect(trace).toMatchObject({ traceId: META.traceId, parent: META, state: 'm=1' });
    expect(trace.spanId).not.toBe(META.spanId);
  });

  it('is the one of the header where the message names none, or none that is one', () => {
    expect(exchangeWith({ traceparent: IN_HEADER }).trace.parent).toEqual(HEADER);
    expect(exchangeWith({ traceparent: IN_HEADER }, { traceparent: 'nonsense', tracestate: 'm=1' }).trace).toMatchObject({
      traceId: HEADER.traceId,
      parent: HEADER,
      state: undefined,
    });
  });

  it('is the one of the header where another process of the gateway handed the request on', () => {
    expect(exchangeWith({ traceparent: IN_HEADER }, { traceparent: IN_META }, true).trace.parent).toEqual(HEADER);
  });

  it('begins anew where nothing names one, and stays the same for the request', () => {
    const exchange = exchangeWith({ traceparent: `${IN_HEADER}-`, baggage: 'user=1' });
    const { trace } = exchange;
    expect(trace).toMatchObject({ parent: undefined, state: undefined, baggage: 'user=1' });
    expect(trace.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(exchange.trace).toBe(trace);
    expect(exchangeWith({}).trace.traceId).not.toBe(trace.traceId);
  });
});
