import { describe, expect, it } from 'vitest';
import { toClientHello } from './client-hello.ts';

describe('toClientHello', () => {
  it('keeps what a client says of itself, and agrees on its revision', () => {
    const clientInfo = { name: 'c', title: 'C', version: '1' };
    const capabilities = { roots: { listChanged: true }, elicitation: {} };
    expect(toClientHello({ protocolVersion: '2025-06-18', clientInfo, capabilities })).toEqual({
      protocolVersion: '2025-06-18',
      clientInfo,
      capabilities,
    });
  });

  it('answers a revision it does not know with the newest', () => {
    expect(toClientHello({ protocolVersion: '2026-07-28' }).protocolVersion).toBe('2025-11-25');
    expect(toClientHello(undefined)).toEqual({
      protocolVersion: '2025-11-25',
      clientInfo: { name: 'unknown', version: '0' },
      capabilities: {},
    });
  });

  it('leaves out what a session id cannot carry, but not what questions need', () => {
    const capabilities = { sampling: {}, experimental: { x: 'y'.repeat(2_000) } };
    expect(toClientHello({ capabilities }).capabilities).toEqual({ sampling: {} });
    expect(toClientHello({ capabilities: { roots: { x: 'y'.repeat(2_000) } } }).capabilities).toEqual({});
    expect(String(toClientHello({ clientInfo: { name: 'n'.repeat(900) } }).clientInfo['name'])).toHaveLength(128);
  });

  it('does not offer the tasks of 2025-11-25, which no modern server knows', () => {
    expect(toClientHello({ capabilities: { tasks: {}, roots: {} } }).capabilities).toEqual({ roots: {} });
  });
});
