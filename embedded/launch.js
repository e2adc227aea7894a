#!/usr/bin/env node
// What `npm start` runs. Plain JavaScript of an old kind, so that a Node too old for Sluice still gets far enough to find the
// one that npm installed, or to say in one line what is needed. Then it builds what changed, and starts.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const NEEDED = [22, 19];
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const version = process.versions.node.split('.').map(Number);
const isNewEnough = version[0] > NEEDED[0] || (version[0] === NEEDED[0] && version[1] >= NEEDED[1]);

if (isNewEnough) buildAndStart();
else startWithInstalledNode();

function startWithInstalledNode() {
  const installed = path.join(root, 'node_modules', '.bin', 'node');
  if (!existsSync(installed) || process.env.SLUICE_LAUNCHED === '1') {
    fail(
      'Sluice needs Node >= ' +
        NEEDED.join('.') +
        '; this is ' +
        process.versions.node +
        '. Run npm ci (it brings Node 24 on Linux), or install Node 24.',
    );
    return;
  }
  const env = Object.assign({}, process.env, { SLUICE_LAUNCHED: '1' });
  const child = spawn(installed, [fileURLToPath(import.meta.url)].concat(process.argv.slice(2)), { stdio: 'inherit', env: env });
  ['SIGTERM', 'SIGHUP'].forEach((signal) => process.on(signal, () => child.kill(signal)));
  process.on('SIGINT', () => {}); // the terminal tells the child too; it decides when to end
  child.on('error', (cause) => fail(String(cause)));
  child.on('close', (code) => process.exit(code === null ? 1 : code));
}

function buildAndStart() {
  const compiler = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const entry = path.join(root, 'dist', 'embedded', 'start.js');
  if (existsSync(compiler)) build([[compiler, '-p', 'tsconfig.build.json'], ['clients/console/build-when-stale.js']], () => start(entry));
  else if (existsSync(entry)) start(entry);
  else fail('Sluice is not built, and the compiler is not installed. Run npm ci first.');
}

/** Runs the programs beside each other: the planes' compiler, and what builds the console where it has changed. */
function build(programs, next) {
  const startedMs = Date.now();
  const seconds = () => ((Date.now() - startedMs) / 1000).toFixed(1) + ' s';
  const say = (text) => process.stdout.write('  ' + 'build'.padEnd(14) + ' ' + text + ' (' + seconds() + ')\n');
  const alive = setInterval(() => say('under way'), 2000);
  let left = programs.length;
  let hasFailed = false;
  programs.forEach((program) => {
    const child = spawn(process.execPath, program, { cwd: root, stdio: 'inherit' });
    child.on('close', (code) => {
      left -= 1;
      hasFailed = hasFailed || code !== 0;
      if (left > 0) return;
      clearInterval(alive);
      if (hasFailed) return fail('The build failed: see the lines above.');
      say('ready');
      next();
    });
  });
}

function start(entry) {
  process.setSourceMapsEnabled(true);
  import(pathToFileURL(entry).href)
    .then((module) => module.main(process.argv.slice(2), process.env))
    .then(
      (code) => process.exit(code),
      (cause) => fail(cause instanceof Error ? cause.stack : String(cause)),
    );
}

function fail(message) {
  process.stderr.write(message + '\n');
  process.exitCode = 1;
}
