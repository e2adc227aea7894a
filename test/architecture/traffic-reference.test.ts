import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { z } from 'zod';
import { TRAFFIC_KEYS, TrafficEventSchema, type TrafficWireField } from '../../contract/traffic-event.ts';
import { trafficColumns } from '../../control-plane/traffic/index.ts';

const page = readFileSync(fileURLToPath(new URL('../../docs/reference/traffic-events.md', import.meta.url)), 'utf8');

/** The rows that the page must have, made from the schema. */
const rows = Object.entries(TrafficEventSchema.shape).map(([field, schema]) => {
  const column = trafficColumns.find((candidate) => candidate.field === field)?.column;
  const key = TRAFFIC_KEYS[field as TrafficWireField] as string | undefined;
  const cells = [`\`${field}\``, key === undefined ? 'of the entry' : `\`${key}\``, column === undefined ? '–' : `\`${column}\``];
  return `| ${cells.join(' | ')} | ${toValues(schema)} | ${schema.description ?? ''} |`;
});

function toValues(schema: z.core.$ZodType): string {
  const inner = 'unwrap' in schema ? (schema as z.ZodOptional<z.ZodType>).unwrap() : (schema as z.ZodType);
  if (inner.def.type === 'enum') return Object.values((inner as z.ZodEnum).enum).map((value) => `\`${value}\``).join(', '); // prettier-ignore
  return inner.def.type === 'string' ? 'text' : inner.def.type;
}

test('the reference has every field of an event with its values and its description, and no other', () => {
  expect(page.split('\n').filter((line) => line.startsWith('| `'))).toEqual(rows);
});

test('every field says what it is', () => {
  const silent = Object.entries(TrafficEventSchema.shape).filter(([, schema]) => (schema.description ?? '').length < 10);
  expect(silent.map(([field]) => field)).toEqual([]);
});
