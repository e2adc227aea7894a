import { describe, expect, test } from 'vitest';
import { parseAnswer } from './call-gateway.ts';
import { findParameterHeaders, toHeaderValue } from './mcp-headers.ts';
import { parseArguments, toFields } from './schema-form.ts';

const schema = {
  type: 'object',
  required: ['city', 'days'],
  properties: {
    city: { type: 'string', title: 'City', description: 'Where.' },
    days: { type: 'integer', default: 3 },
    unit: { enum: ['metric', 'imperial'] },
    exact: { type: 'boolean' },
    limit: { type: ['number', 'null'] },
    tags: { type: 'array', items: { type: 'string' } },
    either: { anyOf: [{ type: 'string' }, { type: 'number' }] },
  },
};

describe('a form made of a schema', () => {
  test('asks for plain values by their kind, and for everything else as JSON', () => {
    const kinds = toFields(schema).map(({ name, kind, isRequired }) => `${name}${isRequired ? '*' : ''} ${kind}`);
    expect(kinds).toEqual(['city* text', 'days* integer', 'unit choice', 'exact boolean', 'limit number', 'tags json', 'either json']);
    expect(toFields(schema)[1]).toMatchObject({ initial: '3', label: 'days' });
    expect(toFields(undefined)).toEqual([]);
  });

  test('sends what was entered in its type, and leaves out what was not', () => {
    const entered = { city: '12', days: '2', unit: '"metric"', exact: 'true', limit: '1.5', tags: '["a"]' };
    const value = { city: '12', days: 2, unit: 'metric', exact: true, limit: 1.5, tags: ['a'] };
    expect(parseArguments(toFields(schema), entered)).toEqual({ ok: true, value });
  });

  test('says which argument is wrong, and how', () => {
    const parsed = parseArguments(toFields(schema), { city: 'Bern', days: '1.5', limit: 'many', tags: '[' });
    expect(parsed).toEqual({ ok: false, faults: { days: 'integer', limit: 'number', tags: 'json' } });
    expect(parseArguments(toFields(schema), { city: 'Bern' })).toEqual({ ok: false, faults: { days: 'needed' } });
  });
});

describe('a call of the gateway', () => {
  test('finds the answer in a stream', () => {
    const stream =
      'event: message\ndata: {"jsonrpc":"2.0","method":"notifications/progress"}\n\ndata: {"jsonrpc":"2.0","id":1,"result":{}}\n\n';
    expect(parseAnswer(stream, 'text/event-stream')).toEqual({ jsonrpc: '2.0', id: 1, result: {} });
    expect(parseAnswer('Bad gateway', 'text/plain')).toBe('Bad gateway');
  });

  test('repeats in headers what the tool wants there', () => {
    const wants = { properties: { region: { type: 'string', 'x-mcp-header': 'Region' }, other: { type: 'string' } } };
    expect(findParameterHeaders(wants, { region: 'Zürich', other: 'x' })).toEqual({ 'mcp-param-Region': '=?base64?WsO8cmljaA==?=' });
    expect(toHeaderValue('get_weather')).toBe('get_weather');
  });
});
