import { describe, expect, it } from 'vitest';
import { readEnvelope, toLegacyParams } from './from-modern.ts';
import { canCarry, findRequiredVisits, toQuestion } from './questions.ts';
import { toDiscoverResult, toModernError, toModernResult, toModernStatus, toSubscribed } from './to-modern.ts';

const INFO = { name: 'server', version: '1' };
const request = (method: string, params?: object) => ({ jsonrpc: '2.0' as const, id: 1, method, ...(params && { params: { ...params } }) });

describe('a request of the modern era', () => {
  const params = {
    name: 'echo',
    arguments: { requestState: 'kept', _meta: { 'io.modelcontextprotocol/protocolVersion': 'kept' } },
    requestState: 'taken',
    inputResponses: { a: {} },
    _meta: {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'client' },
      'io.modelcontextprotocol/clientCapabilities': { sampling: {}, tasks: {} },
      'io.modelcontextprotocol/logLevel': 'warning',
      progressToken: 7,
      traceparent: '00-1-2-03',
      'example.com/own': true,
    },
  };

  it('loses what only its era has, and nothing of what is the tool’s or an extension’s', () => {
    expect(toLegacyParams(params)).toEqual({
      name: 'echo',
      arguments: params.arguments,
      _meta: { progressToken: 7, traceparent: '00-1-2-03', 'example.com/own': true },
    });
    expect(toLegacyParams({ _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } })).toEqual({});
    expect(toLegacyParams(undefined)).toBeUndefined();
  });

  it('says in whose name the session upstream is opened', () => {
    expect(readEnvelope(params)).toMatchObject({
      client: { protocolVersion: '2025-11-25', clientInfo: { name: 'client' }, capabilities: { sampling: {} } },
      logLevel: 3,
      requestState: 'taken',
    });
    expect(readEnvelope({})).toMatchObject({ client: { clientInfo: { name: 'sluice' }, capabilities: {} }, logLevel: -1 });
  });
});

describe('an answer of the legacy era', () => {
  it('gets what its era does not have', () => {
    const result = { tools: [], nextCursor: 'c', _meta: { own: 1 } };
    const meta = { own: 1, 'io.modelcontextprotocol/serverInfo': INFO };
    expect(toModernResult('tools/list', result, INFO)).toEqual({
      ...result,
      resultType: 'complete',
      ttlMs: 0,
      cacheScope: 'private',
      _meta: meta,
    });
    expect(toModernResult('tools/call', { content: [] }, INFO)).not.toHaveProperty('ttlMs');
  });

  it('to initialize says what server/discover asks for', () => {
    const initialized = {
      protocolVersion: '2025-11-25',
      capabilities: { tools: {}, tasks: {} },
      serverInfo: INFO,
      instructions: 'use',
      raw: {},
    };
    expect(toDiscoverResult(initialized)).toMatchObject({
      supportedVersions: ['2026-07-28'],
      capabilities: { tools: {} },
      instructions: 'use',
      resultType: 'complete',
      cacheScope: 'private',
    });
    expect(toDiscoverResult(initialized)['capabilities']).not.toHaveProperty('tasks');
  });

  it('has errors with the codes of the modern era', () => {
    const missing = { code: -32002, message: 'Resource not found' };
    expect(toModernError('resources/read', { uri: 'x' }, missing)).toMatchObject({ code: -32602, data: { uri: 'x' } });
    expect(toModernError('tools/call', {}, missing)).toBe(missing);
    expect([-32601, -32021, -32602, -32603].map((code) => toModernStatus({ code, message: '' }))).toEqual([404, 400, 200, 200]);
  });

  it('is marked where it belongs to a subscription', () => {
    const note = { jsonrpc: '2.0' as const, method: 'notifications/resources/updated', params: { uri: 'x', _meta: { a: 1 } } };
    expect(toSubscribed(note, 9).params).toEqual({ uri: 'x', _meta: { a: 1, 'io.modelcontextprotocol/subscriptionId': 9 } });
  });
});

describe('a question of the legacy era', () => {
  it('is carried by calls that can end with a question, to clients that can answer it', () => {
    const form = request('elicitation/create', { message: 'm' });
    const visit = request('elicitation/create', { mode: 'url' });
    expect(canCarry('tools/call', { elicitation: {} }, form)).toBe(true);
    expect(canCarry('tools/list', { elicitation: {} }, form)).toBe(false);
    expect(canCarry('tools/call', {}, form)).toBe(false);
    expect(canCarry('tools/call', { elicitation: {} }, visit)).toBe(false);
    expect(canCarry('tools/call', { elicitation: { url: {} } }, visit)).toBe(true);
    expect(canCarry('tools/call', { elicitation: { url: {} } }, form)).toBe(false);
    expect(canCarry('prompts/get', { sampling: {} }, request('sampling/createMessage'))).toBe(true);
    expect(canCarry('resources/read', { roots: {} }, request('roots/list'))).toBe(true);
    expect(canCarry('tools/call', { roots: {}, sampling: {} }, request('tasks/get'))).toBe(false);
  });

  it('is asked without what only its own era understands', () => {
    expect(toQuestion(request('roots/list'))).toEqual({ method: 'roots/list', params: {} });
    expect(toQuestion(request('elicitation/create', { mode: 'url', url: 'u', elicitationId: 'e' }))).toEqual({
      method: 'elicitation/create',
      params: { mode: 'url', url: 'u' },
    });
  });

  it('may be an error that demands visits', () => {
    const data = { elicitations: [{ mode: 'url', url: 'u', elicitationId: 'e' }] };
    expect(findRequiredVisits({ code: -32042, message: '', data })).toEqual([
      { method: 'elicitation/create', params: { mode: 'url', url: 'u' } },
    ]);
    expect(findRequiredVisits({ code: -32042, message: '', data: {} })).toBeUndefined();
    expect(findRequiredVisits({ code: -32603, message: '', data })).toBeUndefined();
  });
});
