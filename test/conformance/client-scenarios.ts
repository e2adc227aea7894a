import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startLaneGateway } from '../support/lane-gateway.ts';
import { World } from '../support/world.ts';
import type { RequirementSet } from './baseline.ts';
import { format, toScore } from './compare.ts';
import { ChecksSchema, type Check } from './official-suite.ts';
import { ScenarioPlayer, ScenarioSchema } from './scenario-player.ts';

/** How many scenarios came out as they have to, did not, and are not played. */
export interface ClientScore {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Browsers and authorization servers know the control plane by a name with TLS, as in production: only then has the gateway a client id metadata document. */
const ISSUER = 'https://sluice.example';

/** Scenarios that ask for what Sluice does not do, all of them optional extensions. */
const NOT_PLAYED: ReadonlyMap<string, string> = new Map([
  ['auth/enterprise-managed-authorization', 'Sluice asks no identity provider for grants to upstreams (ID-JAG)'],
  ['auth/dpop', 'upstream tokens are bearer tokens; DPoP is a draft (modelcontextprotocol#1932)'],
  ['auth/dpop-nonce', 'upstream tokens are bearer tokens; DPoP is a draft (modelcontextprotocol#1932)'],
  ['auth/wif-jwt-bearer', 'workload identity is a draft (modelcontextprotocol#1933)'],
]);

/** Warnings of the suite that say nothing about the gateway. */
const NO_WARNINGS: ReadonlyMap<string, string> = new Map([
  ['cimd-client-id-used', `the suite expects its own document for a client; Sluice named the one at ${ISSUER}`],
]);

/** Scenarios played at once: the suite starts all of them together, and each may take 30 s. */
const MAX_PLAYED = 4;
const DEADLINE_MS = 240_000;
const RESULT_FOLDER = /^(.+)-\d{4}-\d{2}-\d{2}T[\d-]+Z$/;

/** Plays the suite's scenarios for clients against a gateway that has the suite's servers as upstreams. Prints the counts. */
export async function measureUpstreamClient(sets: readonly RequirementSet[]): Promise<ClientScore> {
  // Checks of health and of what an upstream offers are requests too, and the suite would take them for the client's.
  const gateway = await startLaneGateway({ replicas: 2, issuer: ISSUER });
  try {
    const world = await World.create(gateway);
    const score = { passed: 0, failed: 0, skipped: 0 };
    for (const set of sets) {
      const [required, { results, faults }] = await Promise.all([listRequired(set), playAll(world, set)]);
      const verdicts = toVerdicts(required, results);
      print(set, verdicts, faults);
      score.passed += verdicts.filter(({ verdict }) => verdict === 'passed').length;
      score.failed += verdicts.filter(({ verdict }) => verdict === 'failed').length;
      score.skipped += verdicts.filter(({ verdict }) => verdict === 'not played').length;
    }
    return score;
  } finally {
    await gateway.stop();
  }
}

interface Played {
  readonly results: ReadonlyMap<string, readonly Check[]>;
  /** Why a scenario did not come to its end; many are meant to. */
  readonly faults: ReadonlyMap<string, string>;
}

interface Verdict {
  readonly scenario: string;
  readonly isRequired: boolean;
  readonly verdict: 'passed' | 'failed' | 'not played';
  readonly checks: readonly Check[];
}

async function playAll(world: World, set: RequirementSet): Promise<Played> {
  const player = await ScenarioPlayer.create(world, set);
  const faults = new Map<string, string>();
  const places = makePlaces(MAX_PLAYED);
  const play = async (req: IncomingMessage, res: ServerResponse) => {
    const scenario = ScenarioSchema.parse(JSON.parse(await readText(req)));
    const fault = NOT_PLAYED.has(scenario.scenario)
      ? undefined
      : await places(() => player.play(scenario)).then(
          () => undefined,
          (cause: unknown) => String(cause),
        );
    if (fault !== undefined) faults.set(scenario.scenario, fault);
    res.writeHead(fault === undefined ? 200 : 500).end(fault);
  };
  const lane = createServer((req, res) => void play(req, res).catch((cause: unknown) => res.writeHead(500).end(String(cause))));
  lane.listen(0, '127.0.0.1');
  await once(lane, 'listening');
  const folder = await mkdtemp(path.join(tmpdir(), 'sluice-conformance-'));
  try {
    const url = `http://127.0.0.1:${(lane.address() as AddressInfo).port}`;
    const command = `node ${path.relative(process.cwd(), path.join(import.meta.dirname, 'client-command.ts'))}`;
    const output = await runSuite(['client', '--command', command, '--requirements', set, '-o', folder], { SLUICE_CONFORMANCE_LANE: url });
    const results = await readResults(folder);
    if (results.size === 0) throw new Error(`The conformance suite left no results:\n${output}`);
    return { results, faults };
  } finally {
    lane.close();
    lane.closeAllConnections();
    await rm(folder, { recursive: true, force: true });
  }
}

/** What the revision requires of clients, by the suite's own list. */
async function listRequired(set: RequirementSet): Promise<ReadonlySet<string>> {
  const [, list = ''] = /Client scenarios[^\n]*\n((?:  - \S+\n)+)/.exec(await runSuite(['list', '--client', '--requirements', set])) ?? [];
  const scenarios = [...list.matchAll(/- (\S+)/g)].map(([, name]) => name!);
  if (scenarios.length === 0) throw new Error('The conformance suite lists no scenarios for clients');
  return new Set(scenarios);
}

function toVerdicts(required: ReadonlySet<string>, results: ReadonlyMap<string, readonly Check[]>): readonly Verdict[] {
  return [...new Set([...required, ...results.keys()])].map((scenario) => {
    const checks = results.get(scenario) ?? [];
    const isRequired = required.has(scenario);
    if (!isRequired && NOT_PLAYED.has(scenario)) return { scenario, isRequired, verdict: 'not played', checks };
    const { passed, failed } = toScore(checks);
    return { scenario, isRequired, verdict: passed > 0 && failed === 0 ? 'passed' : 'failed', checks };
  });
}

function print(set: RequirementSet, verdicts: readonly Verdict[], faults: ReadonlyMap<string, string>): void {
  const width = Math.max(...verdicts.map(({ scenario }) => scenario.length));
  process.stdout.write(`\nclient of upstreams, ${set}\n`);
  for (const { scenario, isRequired, verdict, checks } of verdicts) {
    const mark = verdict === 'passed' ? '✓' : verdict === 'failed' ? '✗' : '–';
    const note = verdict === 'not played' ? NOT_PLAYED.get(scenario)! : isRequired ? '' : 'optional';
    process.stdout.write(`  ${mark} ${scenario.padEnd(width)}  ${format(toScore(checks)).padEnd(7)}${note}\n`);
    for (const { id, status, errorMessage, description = '' } of checks) {
      if (status === 'WARNING') process.stdout.write(`      warning: ${id}: ${NO_WARNINGS.get(id) ?? description}\n`);
      if (status === 'FAILURE' && verdict === 'failed') process.stdout.write(`      failure: ${id}: ${errorMessage ?? description}\n`);
    }
    if (verdict === 'failed' && faults.has(scenario)) process.stdout.write(`      ${faults.get(scenario)!.slice(0, 600)}\n`);
  }
  const required = verdicts.filter(({ isRequired }) => isRequired);
  const good = required.filter(({ verdict }) => verdict === 'passed').length;
  const total = format(toScore(verdicts.filter(({ verdict }) => verdict !== 'not played').flatMap(({ checks }) => checks)));
  process.stdout.write(`  ${good} of ${required.length} required scenarios pass; checks ${total}\n`);
}

async function runSuite(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const manifest = createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/package.json');
  const child = spawn(process.execPath, [path.join(path.dirname(manifest), 'dist/index.js'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // The suite starts its client by name, through a shell.
    env: { ...process.env, ...env, PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env['PATH'] ?? ''}` },
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => void (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => void (output += chunk.toString()));
  const deadline = setTimeout(() => child.kill('SIGKILL'), DEADLINE_MS);
  await once(child, 'close');
  clearTimeout(deadline);
  return output;
}

/** Names of scenarios have a slash, which makes a folder. */
async function readResults(folder: string): Promise<ReadonlyMap<string, readonly Check[]>> {
  const results = new Map<string, readonly Check[]>();
  for (const file of await readdir(folder, { recursive: true })) {
    const scenario = RESULT_FOLDER.exec(path.dirname(file))?.[1];
    if (scenario === undefined || path.basename(file) !== 'checks.json') continue;
    results.set(scenario, ChecksSchema.parse(JSON.parse(await readFile(path.join(folder, file), 'utf8'))));
  }
  return results;
}

/** Lets so many work at once; the others wait for their turn. */
function makePlaces(count: number): <Value>(work: () => Promise<Value>) => Promise<Value> {
  const waiting: (() => void)[] = [];
  let free = count;
  return async (work) => {
    if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    else free -= 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}

async function readText(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
