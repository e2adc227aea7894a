import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'vite';
import { beforeAll, expect, test } from 'vitest';

const dist = fileURLToPath(new URL('../../dist', import.meta.url));
const entry = path.join(dist, 'data-plane', 'main.js');

/** What the lean process may load; each further package is a decision record. */
const ALLOWED = ['@marcbachmann/cel-js', 'ioredis', 'jose', 'pino', 'prom-client', 'undici', 'zod'];

/** What the built program loads, followed from its entry: what a type-only import left behind is not in it. */
function followImports(
  from: string,
  files = new Set<string>(),
  packages = new Set<string>(),
): { files: Set<string>; packages: Set<string> } {
  if (files.has(from)) return { files, packages };
  files.add(from);
  const { staticImports, staticExports, dynamicImports } = parseSync(from, readFileSync(from, 'utf8')).module;
  expect(dynamicImports, `${from} loads something that cannot be followed`).toEqual([]);
  const requests = [
    ...staticImports.map((one) => one.moduleRequest.value),
    ...staticExports.flatMap((one) => one.entries.map(({ moduleRequest }) => moduleRequest?.value)),
  ];
  for (const request of requests) {
    if (request === undefined || request.startsWith('node:')) continue;
    if (request.startsWith('.')) followImports(path.resolve(path.dirname(from), request), files, packages);
    else packages.add(request.split('/', request.startsWith('@') ? 2 : 1).join('/'));
  }
  return { files, packages };
}

beforeAll(() => {
  if (!existsSync(entry)) throw new Error('There is no dist/. Run npm run build first; npm test does.');
});

test('the data plane loads its few packages and nothing of the control plane', () => {
  const { files, packages } = followImports(entry);
  expect(files.size).toBeGreaterThan(30);
  expect([...packages].filter((name) => !ALLOWED.includes(name))).toEqual([]);
  expect(packages).toContain('undici');
  const folders = new Set([...files].map((file) => path.relative(dist, file).split(path.sep)[0]));
  expect(folders).toEqual(new Set(['data-plane', 'contract', 'foundation']));
});
