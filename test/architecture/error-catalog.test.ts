import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseSync, Visitor } from 'vite';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string) => readFileSync(`${root}/${file}`, 'utf8');

/** The literals of `reason` in the union that the data plane refuses with. */
function findReasons(file: string): string[] {
  const reasons: string[] = [];
  new Visitor({
    TSPropertySignature: (node) => {
      if (node.key.type !== 'Identifier' || node.key.name !== 'reason') return;
      const type = node.typeAnnotation?.typeAnnotation;
      if (type?.type === 'TSLiteralType' && type.literal.type === 'Literal') reasons.push(String(type.literal.value));
    },
  }).visit(parseSync(file, read(file)).program);
  return reasons.toSorted();
}

/** The first cell of each row below a heading, where it is code. */
function findDocumented(heading: string): string[] {
  const [, after = ''] = read('docs/reference/errors.md').split(`\n## ${heading}\n`);
  const [section = ''] = after.split('\n## ', 1);
  return [...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name = '']) => name).toSorted();
}

/** The values of an enum in the committed schema. */
function findEnumValues(name: string): string[] {
  const [, body = ''] = new RegExp(`\\nenum ${name} \\{\\n([^}]*)\\}`).exec(read('schema.graphql')) ?? [];
  return [...body.replaceAll(/"""[\s\S]*?"""|"[^"\n]*"/g, '').matchAll(/\b[A-Z][A-Z_]+\b/g)].map(([value]) => value).toSorted();
}

test('every reason of the data plane is in the catalog, and nothing else is', () => {
  const reasons = findReasons('data-plane/request/rejection.ts');
  expect(reasons.length).toBeGreaterThan(20);
  expect(findDocumented('What the data plane refuses')).toEqual(reasons);
});

test('every code of a user error is in the catalog, and nothing else is', () => {
  const codes = findEnumValues('UserErrorCode');
  expect(codes.length).toBeGreaterThan(5);
  expect(findDocumented('User errors of the GraphQL API')).toEqual(codes);
});

test('the catalog has the codes of errors of the GraphQL request itself', () => {
  expect(findDocumented('Errors of a GraphQL request')).toEqual(expect.arrayContaining(['UNAUTHENTICATED', 'FORBIDDEN', 'INTERNAL']));
});
