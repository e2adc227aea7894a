import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { boundaryRules } from './boundary-rules.ts';
import type { SOURCE_FOLDERS } from './source-modules.ts';
import { listSourceFiles, readSourceModules } from './source-modules.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const planted = fileURLToPath(new URL('planted', import.meta.url));
const modules = readSourceModules(root);

/** A check that looked at nothing passes too. Raise these as the folders grow; they never fall without a reason. */
const AT_LEAST: Readonly<Partial<Record<(typeof SOURCE_FOLDERS)[number], number>>> = {
  contract: 9,
  foundation: 5,
  'control-plane': 60,
  'data-plane': 40,
  clients: 50,
  embedded: 25,
  test: 40,
};

describe('the check looks at something', () => {
  test.each(Object.entries(AT_LEAST))('%s has at least %i modules', (folder, least) => {
    expect(modules.filter(({ file }) => file.startsWith(`${folder}/`)).length).toBeGreaterThanOrEqual(least);
  });

  test('every source file was read, and imports were found in them', () => {
    expect(modules.map(({ file }) => file)).toEqual(listSourceFiles(root));
    const imports = modules.flatMap((module) => module.imports);
    expect(imports.filter(({ file }) => file !== undefined).length).toBeGreaterThan(modules.length);
    expect(imports.filter(({ package: name }) => name !== undefined).length).toBeGreaterThan(modules.length / 2);
  });
});

describe.each(boundaryRules)('$name, because $why', (rule) => {
  test('holds', () => {
    expect(rule.find(modules)).toEqual([]);
  });

  test('fails where it is broken on purpose', () => {
    const broken = readSourceModules(`${planted}/${rule.name}`);
    const expected = readFileSync(`${planted}/${rule.name}/expected.txt`, 'utf8').trimEnd().split('\n');
    expect(rule.find(broken)).toEqual(expected);
  });
});

test('each planted violation belongs to a rule', () => {
  expect(readdirSync(planted).toSorted()).toEqual(boundaryRules.map(({ name }) => name).toSorted());
});
