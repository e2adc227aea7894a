import { describe, expect, it } from 'vitest';
import { checkBaggage, checkTracestate, makeSpanId, makeTraceId, parseTraceparent, toTraceparent } from './trace-context.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('parseTraceparent', () => {
  it('reads the trace, the span and whether it is recorded', () => {
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-01`)).toEqual({ traceId: TRACE, spanId: SPAN, isSampled: true });
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-02`)?.isSampled).toBe(false);
  });

  it('reads a later version as far as it is known', () => {
    expect(parseTraceparent(`cc-${TRACE}-${SPAN}-01-what-comes-next`)).toMatchObject({ traceId: TRACE });
  });

  it.each([
    undefined,
    7,
    '',
    `00-${TRACE}-${SPAN}-01-more`,
    `ff-${TRACE}-${SPAN}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE}-${SPAN}`,
    ` 00-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01\n`,
    `cc-${TRACE}-${SPAN}-01-${'x'.repeat(300)}`,
  ])('takes %s for none', (value) => {
    expect(parseTraceparent(value)).toBeUndefined();
  });

  it('reads what is written', () => {
    const parent = { traceId: makeTraceId(), spanId: makeSpanId(), isSampled: true };
    expect(parseTraceparent(toTraceparent(parent))).toEqual(parent);
  });
});

it('passes on state and baggage that fit a header, and nothing else', () => {
  expect(checkTracestate('congo=t61rcWkgMzE,rojo=00f067aa0ba902b7')).toBe('congo=t61rcWkgMzE,rojo=00f067aa0ba902b7');
  expect(checkTracestate('x'.repeat(513))).toBeUndefined();
  expect(checkTracestate('a=b\r\nx-evil: 1')).toBeUndefined();
  expect(checkBaggage('userId=alice')).toBe('userId=alice');
  expect(checkBaggage(['a=b'])).toBeUndefined();
});

it('makes ids that differ, also when the stock of random bytes is used up', () => {
  const ids = new Set(Array.from({ length: 1_000 }, makeTraceId));
  expect(ids.size).toBe(1_000);
  expect([...ids].every((id) => /^[0-9a-f]{32}$/.test(id))).toBe(true);
});
