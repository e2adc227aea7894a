import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSchema, parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { SOURCE_FOLDERS } from './source-modules.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const documents = globSync(['*.md', 'docs/**/*.md'], { cwd: root });

/** Relative links, and paths in code that start in one of our folders. */
function findPaths(document: string): string[] {
  const text = readFileSync(path.join(root, document), 'utf8');
  const links = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, link = '']) => link).filter((link) => !link.includes(':'));
  const ours = new RegExp(`\`((?:docs|${SOURCE_FOLDERS.join('|')})/[\\w./-]*)\``, 'g');
  const paths = [...text.matchAll(ours)].map(([, found = '']) => path.relative(path.dirname(document), found));
  return [...links, ...paths].map((found) => path.normalize(path.join(path.dirname(document), found)));
}

test('there are documents, and they point to something', () => {
  expect(documents.length).toBeGreaterThan(12);
  expect(documents.flatMap(findPaths).length).toBeGreaterThan(50);
});

test.each(documents)('%s points only to what exists', (document) => {
  expect(findPaths(document).filter((found) => !existsSync(path.join(root, found)))).toEqual([]);
});

test('every GraphQL example is an operation of the public API', () => {
  const schema = buildSchema(readFileSync(path.join(root, 'schema.graphql'), 'utf8'));
  const examples = documents.flatMap((document) => [
    ...readFileSync(path.join(root, document), 'utf8').matchAll(/```graphql\n([\s\S]*?)```/g),
  ]);
  expect(examples.length).toBeGreaterThan(3);
  const faults = examples.flatMap(([, example = '']) => validate(schema, parse(example)).map((error) => `${error.message}\n${example}`));
  expect(faults).toEqual([]);
});
