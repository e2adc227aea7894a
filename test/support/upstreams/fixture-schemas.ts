import { fromJsonSchema, type McpServer } from '@modelcontextprotocol/server';
import { text } from './fixture-content.ts';

/** SEP-1613 and SEP-2106: words of JSON Schema 2020-12 that a listing must keep. */
const CONTACT = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  $defs: { address: { $anchor: 'addressDef', type: 'object', properties: { street: { type: 'string' }, city: { type: 'string' } } } },
  properties: {
    name: { type: 'string' },
    address: { $ref: '#/$defs/address' },
    contactMethod: { type: 'string', enum: ['phone', 'email'] },
    phone: { type: 'string' },
    email: { type: 'string' },
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  // A word of JSON Schema, not of a promise.
  // oxlint-disable-next-line unicorn/no-thenable
  then: { required: ['phone'] },
  else: { required: ['email'] },
  additionalProperties: false,
} as const;

/** SEP-2243: a parameter that modern clients repeat in the header `Mcp-Param-Region`. */
const REGION = {
  type: 'object',
  properties: { region: { type: 'string', 'x-mcp-header': 'Region' }, query: { type: 'string' } },
  required: ['region'],
} as const;

export function registerSchemaTools(server: McpServer): void {
  const contact = fromJsonSchema<Record<string, unknown>>(CONTACT);
  server.registerTool('json_schema_2020_12_tool', { description: 'Tool with JSON Schema 2020-12 features', inputSchema: contact }, (args) =>
    text(`JSON Schema 2020-12 tool called with: ${JSON.stringify(args)}`),
  );
  const region = fromJsonSchema<Record<string, unknown>>(REGION);
  server.registerTool(
    'test_header_parameter',
    { description: 'Has a parameter that travels in a header too.', inputSchema: region },
    (args) => text(`Header parameter: ${String(args['region'])}`),
  );
}
