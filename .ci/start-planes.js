// Starts both planes of a production install against the PostgreSQL and Redis of the checkout, and waits until they are ready.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

const [checkout, installed] = process.argv.slice(2);
const load = (name) => import(pathToFileURL(path.join(checkout, 'dist', 'embedded', name)).href);
const { startPostgres } = await load('postgres.js');
const { startRedis } = await load('redis.js');

const deadline = setTimeout(() => fail('The planes were not ready within a minute.'), 60_000);
const postgres = await startPostgres({ dataDir: path.join(installed, 'data'), durable: false });
const redis = await startRedis();
const env = {
  PATH: process.env.PATH,
  DATABASE_URL: postgres.url,
  REDIS_URL: redis.url,
  SLUICE_ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
  SLUICE_GATEWAY_URL: 'http://localhost:4100',
  SLUICE_CONTROL_PLANE_URL: 'http://localhost:4000',
  SLUICE_CONTROL_PLANE_PORT: '0',
  SLUICE_DATA_PLANE_PORT: '0',
  SLUICE_ADMIN_PORT: '0',
  SLUICE_STATE_DIR: path.join(installed, 'state'),
};
const planes = [startPlane('control-plane'), startPlane('data-plane')];
for (const plane of planes) {
  await plane.ready();
  process.stdout.write(`${plane.name} of the production install is ready\n`);
}
for (const plane of planes) await plane.stop();
await redis.stop();
await postgres.stop();
clearTimeout(deadline);

function startPlane(name) {
  const child = spawn(process.execPath, [path.join('dist', name, 'main.js')], {
    cwd: installed,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = new Promise((resolve) => child.once('close', resolve));
  const lines = [];
  const listening = new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      if (line.includes('"event":"listening"')) resolve(JSON.parse(line));
    });
    void closed.then((code) => reject(new Error(`${name} ended with ${code}:\n${lines.join('\n')}`)));
  });
  return {
    name,
    ready: async () => {
      const { port, adminPort } = await listening;
      const url = `http://127.0.0.1:${adminPort ?? port}/readyz`;
      while (!(await fetch(url)).ok) await delay(100);
    },
    stop: async () => {
      child.kill('SIGTERM');
      await closed;
    },
  };
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
