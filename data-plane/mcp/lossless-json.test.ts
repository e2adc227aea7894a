import { describe, expect, it } from 'vitest';
import { parseLossless } from './lossless-json.ts';

describe('parseLossless', () => {
  it.each([
    '{"id":12345678901234567890,"a":[0.1234567890123456789,1e400,-1E-7,1.50]}',
    '{"small":1,"text":"12345678901234567890","nested":{"__proto__":{"x":9007199254740993}}}',
  ])('keeps %s', (text) => {
    expect(JSON.stringify(parseLossless(text))).toBe(text);
  });

  it('gives ordinary numbers as numbers, also beside others', () => {
    expect(parseLossless('{"id":7,"big":12345678901234567890}')).toMatchObject({ id: 7 });
    expect(parseLossless('{"progressToken":1.5}')).toEqual({ progressToken: 1.5 });
  });

  it('refuses what is not JSON', () => {
    expect(() => parseLossless('{')).toThrow(SyntaxError);
  });
});
