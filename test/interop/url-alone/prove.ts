import type { RunningGateway } from '../../support/start-gateway.ts';
import { World } from '../../support/world.ts';
import { listUrlClients, type UrlClientKind } from './clients.ts';
import { listTrialsOfEndings } from './endings.ts';
import { loadWhileTokensExpire } from './expiry-under-load.ts';
import { listTrialsOfGettingIn, type Trials } from './getting-in.ts';
import { listTrialsInBand } from './in-band.ts';
import { startPlaces } from './places.ts';

/** How many checks came out as they have to, and how many did not. */
export interface UrlAloneScore {
  readonly passed: number;
  readonly failed: number;
}

/** The least tokens that have to be used up under the load. */
const LEAST_REFRESHES = 2;

/** Every client that does OAuth is given a URL and nothing else, against upstreams with authorization servers of their own. Prints what came of it. */
export async function proveUrlAlone(gateway: RunningGateway, stateDir: string): Promise<UrlAloneScore> {
  const world = await World.create(gateway);
  const [places, kinds] = [await startPlaces(world), listUrlClients(stateDir)];
  const [firstLine, , secondAuto, , remoteAuto] = kinds;
  const oneOfEach = [firstLine, secondAuto, remoteAuto];
  const count = { passed: 0, failed: 0 };
  const prove = async (where: string, kind: UrlClientKind, trials: Trials) => {
    const faults = await runTrials(trials);
    count.failed += faults.size;
    count.passed += trials.length - faults.size;
    const marks = trials.map(({ name }) => `${faults.has(name) ? '✗' : '✓'} ${name}`);
    process.stdout.write(`${where.padEnd(17)}${kind.name.padEnd(18)}${marks.map((mark) => mark.padEnd(20)).join('')}\n`);
    for (const [name, fault] of faults) process.stdout.write(`    ${name}: ${fault}\n`);
  };
  try {
    process.stdout.write('\nBy the URL alone; the upstream has its own authorization server and is connected for:\n');
    const [own, ...shared] = places;
    for (const kind of kinds) await prove(own.name, kind, listTrialsOfGettingIn(world, kind, own));
    for (const place of shared) for (const kind of oneOfEach) await prove(place.name, kind, listTrialsOfGettingIn(world, kind, place));
    process.stdout.write('\nWhat ends under a connected client, which then asks its person for exactly what is missing:\n');
    for (const kind of oneOfEach) await prove(own.name, kind, listTrialsOfEndings(world, kind, own));
    process.stdout.write('\nA call with a key whose upstream has withdrawn everything, of a client that opens pages for a server:\n');
    for (const trial of listTrialsInBand(world, own))
      await prove(own.name, trial.name.startsWith('legacy') ? firstLine : secondAuto, [trial]);
    process.stdout.write('\nThe upstream tokens expire every few seconds under load, and each refresh token is good once:\n');
    const load: Trials = [{ name: 'no call fails', run: () => proveLoad(world, secondAuto) }];
    await prove(own.name, secondAuto, load);
    return count;
  } finally {
    await Promise.all(places.map(({ upstream }) => upstream.close()));
  }
}

/** What follows a failure would only repeat it, and is a failure too. */
async function runTrials(trials: Trials): Promise<ReadonlyMap<string, string>> {
  const faults = new Map<string, string>();
  for (const { name, run } of trials) {
    if (faults.size > 0) faults.set(name, 'not tried');
    else await run().catch((cause: unknown) => faults.set(name, String(cause)));
  }
  return faults;
}

async function proveLoad(world: World, kind: UrlClientKind): Promise<void> {
  const { calls, failures, refreshes, refused } = await loadWhileTokensExpire(world, kind);
  process.stdout.write(`    ${calls} calls, ${refreshes} refreshes\n`);
  if (failures.size > 0) throw new Error(`calls fail: ${[...failures].join(' / ')}`);
  if (refused > 0 || refreshes < LEAST_REFRESHES) throw new Error(`${refreshes} refreshes are granted, ${refused} refused`);
}
