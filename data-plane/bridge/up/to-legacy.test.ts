import { describe, expect, it } from 'vitest';
import { toInitializeResult, toLegacyError, toLegacyNotification, toLegacyResult } from './to-legacy.ts';

const serverInfo = { 'io.modelcontextprotocol/serverInfo': { name: 's', version: '1' } };

describe('a result', () => {
  it('loses what only the modern era has, and nothing else', () => {
    const result = {
      resultType: 'complete',
      ttlMs: 5,
      cacheScope: 'public',
      prompts: [],
      nextCursor: 'c',
      _meta: { ...serverInfo, own: 1 },
    };
    expect(toLegacyResult('prompts/list', result)).toEqual({ prompts: [], nextCursor: 'c', _meta: { own: 1 } });
    expect(toLegacyResult('prompts/list', { prompts: [], _meta: serverInfo })).toEqual({ prompts: [] });
  });

  it('lists a tool whose output is no object without the schema that would make a client refuse the list', () => {
    const tools = [
      { name: 'a', inputSchema: { type: 'object' }, outputSchema: { type: 'array' } },
      { name: 'b', inputSchema: { type: 'object' }, outputSchema: { type: 'object' } },
    ];
    expect(toLegacyResult('tools/list', { tools })).toEqual({ tools: [{ name: 'a', inputSchema: { type: 'object' } }, tools[1]] });
  });

  it('keeps structured content that is an object, and leaves the rest to the text', () => {
    const content = [{ type: 'text', text: '[1]' }];
    expect(toLegacyResult('tools/call', { content, structuredContent: [1] })).toEqual({ content });
    expect(toLegacyResult('tools/call', { content, structuredContent: { a: 1 } })).toEqual({ content, structuredContent: { a: 1 } });
  });
});

describe('an error', () => {
  const notFound = { code: -32602, message: 'Resource not found', data: { uri: 'a://b' } };

  it('says of a resource that is not there what a legacy server says, and only of that', () => {
    expect(toLegacyError('resources/read', { uri: 'a://b' }, notFound)).toEqual({ ...notFound, code: -32002 });
    expect(toLegacyError('resources/read', { uri: 'c://d' }, notFound)).toEqual(notFound);
    expect(toLegacyError('tools/call', { uri: 'a://b' }, notFound)).toEqual(notFound);
  });

  it('does not blame the client for the headers of the gateway', () => {
    expect(toLegacyError('tools/call', {}, { code: -32020, message: 'x' })).toMatchObject({ code: -32603 });
    expect(toLegacyError('tools/call', {}, { code: -32021, message: 'x', data: {} })).toEqual({ code: -32600, message: 'x', data: {} });
  });
});

it('takes the marks of subscriptions off a notification', () => {
  const params = { uri: 'a://b', _meta: { 'io.modelcontextprotocol/subscriptionId': 1 } };
  expect(toLegacyNotification({ jsonrpc: '2.0', method: 'm', params })).toEqual({ jsonrpc: '2.0', method: 'm', params: { uri: 'a://b' } });
  expect(toLegacyNotification({ jsonrpc: '2.0', method: 'm' })).toEqual({ jsonrpc: '2.0', method: 'm' });
});

it('opens a session with what the upstream says of itself', () => {
  const discovered = { capabilities: { tools: {} }, instructions: 'Be kind.', _meta: serverInfo, supportedVersions: ['2026-07-28'] };
  expect(toInitializeResult(discovered, '2025-06-18')).toEqual({
    protocolVersion: '2025-06-18',
    capabilities: { tools: {} },
    serverInfo: { name: 's', version: '1' },
    instructions: 'Be kind.',
  });
  expect(toInitializeResult({}, '2025-06-18')).toMatchObject({ capabilities: {}, serverInfo: { name: 'unknown' } });
});
