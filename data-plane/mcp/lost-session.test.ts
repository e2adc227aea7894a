import { describe, expect, it } from 'vitest';
import { isLostSessionAnswer, isLostSessionResult } from './lost-session.ts';

const toError = (code: number, message: string) => JSON.stringify({ jsonrpc: '2.0', id: null, error: { code, message } });

describe('a 400 answer to a request of a session', () => {
  it.each([
    toError(-32000, 'Bad Request: No valid session ID provided'),
    toError(-32000, 'Bad Request: Server not initialized'),
    toError(-32000, 'Bad Request: Unknown Mcp-Session-Id header'),
    toError(-32600, 'Bad Request: No valid session ID provided'),
    toError(-32600, 'missing or invalid Mcp-Session-Id'),
    toError(-32600, 'Not Found: Invalid or expired session ID'),
    toError(-32600, 'No active session'),
    toError(-32001, 'Session not found'),
    'Bad Request: No valid session ID provided',
    'Invalid session ID',
    'session not found',
  ])('may say that it is gone: %s', (body) => expect(isLostSessionAnswer(Buffer.from(body))).toBe(true));

  it.each([
    toError(-32000, 'Bad Request: Unsupported protocol version'),
    toError(-32600, 'Invalid Request'),
    toError(-32602, 'Invalid params: session must be a string'),
    toError(-32603, 'No valid session ID provided'),
    JSON.stringify({ error: 'session not found' }),
    'Bad Request',
    `<html>${'x'.repeat(300)} session not found</html>`,
    'null',
    '',
  ])('may say something else: %s', (body) => expect(isLostSessionAnswer(Buffer.from(body))).toBe(false));
});

describe('a 200 answer to a request of a session', () => {
  it.each([toError(-32600, 'missing or invalid Mcp-Session-Id'), toError(-32001, 'Session not found')])('may say so too: %s', (body) =>
    expect(isLostSessionResult(Buffer.from(body))).toBe(true),
  );

  it.each([
    toError(-32000, 'No valid session ID provided'),
    toError(-32603, 'Session not found'),
    toError(-32600, `session not found ${'x'.repeat(512)}`),
    JSON.stringify({ jsonrpc: '2.0', id: 1, result: { text: 'Session not found' } }),
    JSON.stringify({ jsonrpc: '2.0', id: 1, result: { structuredContent: { error: { code: -32600, message: 'session not found' } } } }),
    '"error"',
  ])('says something else: %s', (body) => expect(isLostSessionResult(Buffer.from(body))).toBe(false));
});
