import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { reserveFreePort } from '../../embedded/ports.ts';
import { OauthClient } from '../support/oauth-client.ts';
import { openSignedInBrowser } from '../support/web-sign-in.ts';
import type { Server, World } from '../support/world.ts';

/** How many scenarios came out as they have to, and how many did not. */
export interface AuthorizationScore {
  readonly passed: number;
  readonly failed: number;
}

/** The suite's scenarios for authorization servers, with the checks that pass in each. All are required. */
const REQUIRED: Readonly<Record<string, number>> = {
  'authorization-server-metadata-endpoint': 2,
  'authorization-code-grant': 1,
};

const DEADLINE_MS = 60_000;
const ChecksSchema = z.array(z.object({ id: z.string(), status: z.string(), errorMessage: z.string().optional() }));

/** Runs the suite against our authorization server, with a person at a browser who allows the suite's client. Prints the counts. */
export async function measureAuthorizationServer(world: World, server: Server): Promise<AuthorizationScore> {
  const { issuer } = world.gateway;
  const port = await reserveFreePort();
  const client = await OauthClient.register(issuer, {
    client_name: 'Conformance suite',
    redirect_uris: [`http://127.0.0.1:${port}/callback`],
  });
  const person = await world.addPerson();
  const browser = await openSignedInBrowser(world.api, issuer, person.id);
  const allow = async (url: string) => {
    const page = await browser.open(url);
    if (page.url.origin === issuer) await browser.press(page, 'Allow');
  };
  const settings = ['--url', issuer, '--client-id', client.clientId, '--resource', server.url, '--port', String(port)];
  const results = await runSuite(settings, allow);
  process.stdout.write(`\nauthorization server\n`);
  let failed = 0;
  for (const [scenario, required] of Object.entries(REQUIRED)) {
    const checks = results.get(scenario) ?? [];
    const counts = (status: string) => checks.filter((check) => check.status === status).length;
    const isGood = counts('SUCCESS') >= required && counts('FAILURE') === 0;
    if (!isGood) failed += 1;
    const faults = checks.flatMap((check) => (check.status === 'FAILURE' ? [`${check.id}: ${check.errorMessage ?? ''}`] : []));
    process.stdout.write(`  ${isGood ? '✓' : '✗'} ${scenario} ${counts('SUCCESS')}/${counts('FAILURE')} ${faults.join('; ')}\n`);
  }
  return { passed: Object.keys(REQUIRED).length - failed, failed };
}

/** @param visit opens the address at which the suite wants a person. */
async function runSuite(
  settings: readonly string[],
  visit: (url: string) => Promise<void>,
): Promise<ReadonlyMap<string, z.infer<typeof ChecksSchema>>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sluice-conformance-'));
  const manifest = createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/package.json');
  const entry = path.join(path.dirname(manifest), 'dist/index.js');
  const child = spawn(process.execPath, [entry, 'authorization', ...settings, '-o', folder], { stdio: ['ignore', 'pipe', 'pipe'] });
  const deadline = setTimeout(() => child.kill('SIGKILL'), DEADLINE_MS);
  try {
    let output = '';
    const visited = new Set<string>();
    const collect = (chunk: Buffer) => {
      output += chunk.toString();
      for (const [url] of output.matchAll(/http\S+\/authorize\?\S+(?=\s)/g)) {
        if (visited.has(url)) continue;
        visited.add(url);
        visit(url).catch((cause: unknown) => process.stderr.write(`${String(cause)}\n`));
      }
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    await once(child, 'close');
    const results = await readResults(folder);
    if (results.size === 0) throw new Error(`The conformance suite left no results:\n${output.slice(-4_096)}`);
    return results;
  } finally {
    clearTimeout(deadline);
    await rm(folder, { recursive: true, force: true });
  }
}

async function readResults(folder: string): Promise<ReadonlyMap<string, z.infer<typeof ChecksSchema>>> {
  const results = new Map<string, z.infer<typeof ChecksSchema>>();
  for (const name of await readdir(folder)) {
    const scenario = /^authorization-server-(.+)-\d{4}-\d{2}-\d{2}T[\d-]+Z$/.exec(name)?.[1];
    if (scenario === undefined) continue;
    results.set(scenario, ChecksSchema.parse(JSON.parse(await readFile(path.join(folder, name, 'checks.json'), 'utf8'))));
  }
  return results;
}
