import { describe, expect, it } from 'vitest';
import { findHeaderParameters, toParameterHeaders } from './header-parameters.ts';

const SCHEMA = {
  type: 'object',
  properties: {
    region: { type: 'string', 'x-mcp-header': 'Region' },
    options: {
      type: 'object',
      properties: { dry: { type: 'boolean', 'x-mcp-header': 'Dry-Run' }, count: { type: 'integer', 'x-mcp-header': 'Count' } },
    },
    plain: { type: 'string' },
    ratio: { type: 'number', 'x-mcp-header': 'Ratio' },
    odd: { type: 'string', 'x-mcp-header': 'not a token' },
  },
};

describe('parameters that travel in headers', () => {
  it('are found at any depth, where a header can carry them', () => {
    expect(findHeaderParameters(SCHEMA)).toEqual([
      { path: ['region'], header: 'Region' },
      { path: ['options', 'dry'], header: 'Dry-Run' },
      { path: ['options', 'count'], header: 'Count' },
    ]);
    for (const schema of [undefined, null, [], 'x', { properties: [] }, { 'x-mcp-header': 'Root', type: 'string' }]) {
      expect(findHeaderParameters(schema)).toEqual([]);
    }
  });

  it('have a header where they have a value', () => {
    const parameters = findHeaderParameters(SCHEMA);
    expect(toParameterHeaders(parameters, { region: 'eu', options: { dry: false, count: 3 } })).toEqual([
      'mcp-param-Region', 'eu', 'mcp-param-Dry-Run', 'false', 'mcp-param-Count', '3',
    ]); // prettier-ignore
    expect(toParameterHeaders(parameters, { region: null, options: { count: 1.5 } })).toEqual([]);
    expect(toParameterHeaders(parameters, undefined)).toEqual([]);
  });

  it('do not come from what every object inherits', () => {
    expect(toParameterHeaders([{ path: ['constructor', 'name'], header: 'X' }], {})).toEqual([]);
  });

  it('are not searched for without end', () => {
    const schema: Record<string, unknown> = { type: 'object' };
    schema['properties'] = { self: schema };
    expect(findHeaderParameters(schema)).toEqual([]);
  });
});
