import { describe, expect, it } from 'vitest';
import { encodeLogLine, encodeSpan, SPAN_KIND } from './encoding.ts';

describe('encodeSpan', () => {
  it('writes times to the microsecond, texts cut, and nothing that is undefined', () => {
    const json = encodeSpan({
      traceId: 'a'.repeat(32),
      spanId: 'b'.repeat(16),
      parentSpanId: undefined,
      name: 'tools/call find',
      kind: SPAN_KIND.server,
      startMs: 1_795_000_000_000.25,
      endMs: 1_795_000_000_001,
      attributes: { text: 'x'.repeat(5_000), whole: 200, half: 0.5, yes: true, none: undefined },
      isError: true,
    });
    expect(JSON.parse(json)).toEqual({
      traceId: 'a'.repeat(32),
      spanId: 'b'.repeat(16),
      name: 'tools/call find',
      kind: 2,
      startTimeUnixNano: '1795000000000250000',
      endTimeUnixNano: '1795000000001000000',
      attributes: [
        { key: 'text', value: { stringValue: 'x'.repeat(4_096) } },
        { key: 'whole', value: { intValue: '200' } },
        { key: 'half', value: { doubleValue: 0.5 } },
        { key: 'yes', value: { boolValue: true } },
      ],
      status: { code: 2 },
    });
  });
});

describe('encodeLogLine', () => {
  it('says what the line says, with the trace where it belongs', () => {
    const line = {
      level: 'warn',
      time: '2026-11-23T04:05:06.789Z',
      service: 'data-plane',
      pid: 1,
      event: 'request',
      ms: 3,
      err: { code: 'X' },
    };
    const record = JSON.parse(encodeLogLine(`${JSON.stringify({ ...line, traceId: 'a', spanId: 'b' })}\n`)!) as unknown;
    expect(record).toEqual({
      timeUnixNano: '1795406706789000000',
      observedTimeUnixNano: '1795406706789000000',
      severityNumber: 13,
      severityText: 'warn',
      eventName: 'request',
      body: { stringValue: 'request' },
      attributes: [
        { key: 'ms', value: { intValue: '3' } },
        { key: 'err', value: { stringValue: '{"code":"X"}' } },
      ],
      traceId: 'a',
      spanId: 'b',
    });
  });

  it('leaves out what is no line of the log', () => {
    expect(encodeLogLine('a crash\n')).toBeUndefined();
  });
});
