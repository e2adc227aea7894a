import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync, Visitor } from 'vite';
import { expect, test } from 'vitest';
import { listSourceFiles } from './source-modules.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const files = listSourceFiles(root);

/** What has no better name has no reason yet. */
const JUNK_DRAWERS = ['util', 'utils', 'helper', 'helpers', 'common', 'misc', 'lib', 'libs', 'manager', 'managers'];
/** The roles that a framework knows; everything else is named after the one thing in the file. */
const SUFFIXES = ['entity', 'type', 'input', 'payload', 'resolver', 'test', 'config'];

/** The words of a path: `a/b-c.test.ts` has a, b, c and test. */
function toWords(file: string): string[] {
  return file.replace(/\.[a-z]+$/, '').split(/[/.-]/);
}

/** Like `IThing`, or `ThingImpl`. */
const IS_BAD_NAME = /^I[A-Z][a-z]|Impl$/;

function findBadNames(file: string, text: string): string[] {
  // Hardly any file has such a word, and a word that is not there names nothing: the others need not be parsed.
  if (!/\bI[A-Z][a-z]|Impl\b/.test(text)) return [];
  const names: string[] = [];
  new Visitor({
    TSInterfaceDeclaration: (node) => void names.push(node.id.name),
    ClassDeclaration: (node) => {
      if (node.id !== null) names.push(node.id.name);
    },
  }).visit(parseSync(file, text).program);
  return names.filter((name) => IS_BAD_NAME.test(name));
}

test('there are files to name', () => {
  expect(files.length).toBeGreaterThan(150);
});

test('no file or folder is a junk drawer', () => {
  expect(files.filter((file) => toWords(file).some((word) => JUNK_DRAWERS.includes(word)))).toEqual([]);
  expect(toWords('control-plane/http/string-utils.ts').some((word) => JUNK_DRAWERS.includes(word))).toBe(true);
});

test('files and folders are named in kebab case, with a role only where a framework has one', () => {
  const isWellNamed = (file: string) =>
    file.split('/').every((part) => {
      const [name = '', ...rest] = part.split('.');
      const suffixes = rest.slice(0, -1);
      return /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) && suffixes.every((suffix) => SUFFIXES.includes(suffix));
    });
  // MikroORM names migrations by the time they were made, and finds them by that name.
  const named = files.filter((file) => !file.includes('/migrations/'));
  expect(named.filter((file) => !isWellNamed(file))).toEqual([]);
  expect(isWellNamed('contract/apiKey.ts')).toBe(false);
  expect(isWellNamed('contract/api-key.model.ts')).toBe(false);
});

test('an interface has the plain name, and an implementation says how', () => {
  expect(files.flatMap((file) => findBadNames(file, readFileSync(path.join(root, file), 'utf8')))).toEqual([]);
  const example = 'interface Store {} interface IStore {} export class RedisStore {} class StoreImpl {} interface Item {}';
  expect(findBadNames('example.ts', example)).toEqual(['IStore', 'StoreImpl']);
});
