// Builds the console into dist/console, unless what is there was made from what is here. Run from the root of the checkout by
// `npm run build`, and by `npm start`, which must not take longer than it needs to.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const stamp = path.join(root, 'dist', '.console-source');
const digest = digestSource();
const isFresh = existsSync(path.join(root, 'dist/console/index.html')) && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest;
if (!isFresh) {
  run('@graphql-codegen/cli/esm/bin.js', ['--config', 'codegen.ts', '--silent']);
  run('vite/bin/vite.js', ['build', '--config', 'clients/console/vite.config.ts']);
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, digest);
}

function digestSource() {
  const files = globSync('clients/console/**/*.{ts,tsx,graphql,css,svg,html}', { cwd: root, exclude: (name) => name === 'generated' });
  const hash = createHash('sha256');
  for (const file of [...files, 'schema.graphql', 'codegen.ts', 'package-lock.json'].toSorted((one, other) => (one < other ? -1 : 1)))
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
