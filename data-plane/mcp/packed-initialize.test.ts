import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { packInitialize, unpackInitialize } from './packed-initialize.ts';

function body(params: object): Buffer {
  return Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params }));
}

describe('packInitialize', () => {
  it.each(['ä', 'ä'.repeat(2_000)])('brings the parameters back, short or long', (name) => {
    const params = { protocolVersion: '2025-11-25', capabilities: { roots: {} }, clientInfo: { name, version: '1' } };
    const packed = packInitialize(body(params))!;
    expect(packed.length).toBeLessThan(300);
    expect(unpackInitialize(packed)).toEqual(params);
  });

  it('leaves out what does not fit an id, or is no object', () => {
    expect(packInitialize(body({ noise: randomBytes(4_000).toString('hex') }))).toBeUndefined();
    expect(packInitialize(body({ zeros: '0'.repeat(100_000) }))).toBeUndefined();
    expect(packInitialize(Buffer.from('{"jsonrpc":"2.0","id":1,"method":"initialize"}'))).toBeUndefined();
  });
});
