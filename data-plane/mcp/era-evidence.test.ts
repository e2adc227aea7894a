import { describe, expect, it } from 'vitest';
import { classifyDiscoverAnswer, findErrorCode, isModernRefusal, isRefusalOfLegacy } from './era-evidence.ts';

const error = (code: number, data?: object) => ({ jsonrpc: '2.0', id: 1, error: { code, message: 'x', data } });

describe('classifyDiscoverAnswer', () => {
  it.each([
    ['a result with a modern revision', 200, { result: { supportedVersions: ['2025-11-25', '2026-07-28'] } }, 'modern'],
    ['a result with legacy revisions only', 200, { result: { supportedVersions: ['2025-11-25'] } }, 'legacy'],
    ['a result of something else', 200, { result: {} }, 'legacy'],
    ['a header mismatch', 400, error(-32020), 'modern'],
    ['a missing capability', 400, error(-32021), 'modern'],
    ['a modern revision that it prefers', 400, error(-32022, { supported: ['2027-01-01'] }), 'modern'],
    ['legacy revisions that it supports', 400, error(-32022, { supported: ['2025-11-25'] }), 'legacy'],
    ['an unknown method', 404, error(-32601), 'legacy'],
    ['a missing session', 400, error(-32000), 'legacy'],
    ['a page', 404, undefined, 'legacy'],
    ['a failure', 500, undefined, 'unclear'],
    ['a failure in JSON-RPC', 500, error(-32603), 'unclear'],
  ])('reads %s', (_case, status, response, expected) => {
    expect(classifyDiscoverAnswer(status, response)).toBe(expected);
  });
});

describe('what a refusal says of an upstream', () => {
  it('may come from a modern one with its own and the common codes, and not with those of sessions', () => {
    expect([-32020, -32021, -32022, -32601, -32602, -32700].map(isModernRefusal)).not.toContain(false);
    expect([-32000, -32001, undefined].map(isModernRefusal)).not.toContain(true);
  });

  it('may mean that a legacy message was not understood', () => {
    expect([-32022, -32020, -32602, -32601].map(isRefusalOfLegacy)).not.toContain(false);
    expect([-32000, -32700, undefined].map(isRefusalOfLegacy)).not.toContain(true);
  });

  it('is read from any body without failing', () => {
    expect(findErrorCode(Buffer.from(JSON.stringify(error(-32022))))).toBe(-32022);
    for (const text of ['', 'null', '[]', '"x"', '{"error":null}', '{"error":{"code":"1"}}', '<html>']) {
      expect(findErrorCode(Buffer.from(text)), text).toBeUndefined();
    }
  });
});
