import { describe, expect, it } from 'vitest';
import { ChunkPool } from './chunk-pool.ts';
import { LineBuffer } from './line-buffer.ts';

const openLines = (bytes = 1_024) => new LineBuffer(new ChunkPool(bytes));

describe('LineBuffer', () => {
  it.each([0, 7, 10, 99, 100, 65_536, 999_999_999, 1_000_000_000, 1_764_500_000_123, Number.MAX_SAFE_INTEGER, -32_603, 1.5])(
    'writes %d as JSON does',
    (value) => {
      expect(openLines().number(value).read(0)).toBe(JSON.stringify(value));
    },
  );

  it('grows with a line that is longer than what it usually holds', () => {
    const lines = openLines(8);
    lines.ascii('{"text":').text('"ü€𝄞"').bytes(Buffer.from(',"n":')).number(12_345).ascii('}');
    expect(lines.read(0)).toBe('{"text":"ü€𝄞","n":12345}');
    expect(lines.take().bytes.toString()).toBe('{"text":"ü€𝄞","n":12345}');
    expect(lines.length).toBe(0);
  });

  it('does not write to bytes that were handed over before they are let go of', () => {
    const lines = openLines();
    const first = lines.ascii('first').take();
    lines.ascii('other').take();
    expect(first.bytes.toString()).toBe('first');
    first.release();
    lines.ascii('third').take();
    lines.ascii('again');
    expect(first.bytes.toString()).toBe('again');
  });
});
