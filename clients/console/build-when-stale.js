// Makes the typed operations, and builds the console into dist/console, each unless what is there was made from what is here. Run from the
// root of the checkout by `npm run build`, and by `npm start`, which must not take longer than it needs to.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const SHARED = ['schema.graphql', 'codegen.ts', 'package-lock.json'];
make({
  stamp: 'dist/.codegen-source',
  outputs: ['clients/console/generated/graphql.ts', 'test/support/generated/graphql.ts'],
  sources: [...find('{clients/console,test/support/operations}/**/*.graphql'), ...SHARED],
  program: ['@graphql-codegen/cli/esm/bin.js', '--config', 'codegen.ts', '--silent'],
});
make({
  stamp: 'dist/.console-source',
  outputs: ['dist/console/index.html'],
  sources: [...find('clients/console/**/*.{ts,tsx,graphql,css,svg,html}'), ...SHARED],
  program: ['vite/bin/vite.js', 'build', '--config', 'clients/console/vite.config.ts'],
});

function make({ stamp, outputs, sources, program: [script, ...args] }) {
  const written = path.join(root, stamp);
  const areThere = [stamp, ...outputs].every((file) => existsSync(path.join(root, file)));
  if (areThere && readFileSync(written, 'utf8') === digestOf([...sources, ...outputs])) return;
  run(script, args);
  mkdirSync(path.dirname(written), { recursive: true });
  writeFileSync(written, digestOf([...sources, ...outputs]));
}

function find(pattern) {
  return globSync(pattern, { cwd: root, exclude: (name) => name === 'generated' });
}

function digestOf(files) {
  const hash = createHash('sha256');
  for (const file of files.toSorted((one, other) => (one < other ? -1 : 1)))
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(path.join(root, file)))
      .update('\0');
  return hash.digest('hex');
}

function run(program, args) {
  const { status } = spawnSync(process.execPath, [path.join(root, 'node_modules', program), ...args], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
