import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { controlPlaneVariables } from '../../control-plane/config.ts';
import { dataPlaneVariables } from '../../data-plane/config.ts';

const reference = readFileSync(fileURLToPath(new URL('../../docs/reference/configuration.md', import.meta.url)), 'utf8');

/** The rows that the reference must have for a plane, made from what the plane checks its environment with. */
function toRows(variables: z.ZodObject): string[] {
  return Object.entries(variables.shape).map(([name, field]) => `| \`${name}\` | ${toDefault(field)} | ${field.description ?? ''} |`);
}

function toDefault(field: z.core.$ZodType): string {
  const { def } = field as z.ZodType;
  if (def.type === 'default' || def.type === 'prefault') {
    const value = String((def as z.core.$ZodDefaultDef | z.core.$ZodPrefaultDef).defaultValue);
    return value === '' ? 'empty' : `\`${value}\``;
  }
  return def.type === 'optional' ? 'not set' : 'required';
}

function findRows(heading: string): string[] {
  const [, after = ''] = reference.split(`\n## ${heading}\n`);
  const [section = ''] = after.split('\n## ', 1);
  return section.split('\n').filter((line) => line.startsWith('| `'));
}

describe.each([
  ['Control plane', controlPlaneVariables],
  ['Data plane', dataPlaneVariables],
])('%s', (heading, variables) => {
  test('the reference has every variable with its default and its description, and no other', () => {
    expect(findRows(heading)).toEqual(toRows(variables));
  });

  test('every variable says what it is for', () => {
    const silent = Object.entries(variables.shape).filter(([, field]) => (field.description ?? '').length < 20);
    expect(silent.map(([name]) => name)).toEqual([]);
  });
});
