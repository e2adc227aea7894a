import { FEATURES } from './features.ts';
import type { Session } from './session.ts';
import type { Surface } from './upstreams.ts';

/** How one feature went. */
export interface Verdict {
  readonly feature: string;
  /** What went wrong, or undefined. */
  readonly fault: string | undefined;
  /** False where the client or the era does not have the feature. */
  readonly isOffered?: boolean;
}

/** One feature of one client may take this long, in milliseconds. */
const FEATURE_DEADLINE_MS = 60_000;

/** Connects and tries one feature after the other; one that fails does not keep the others from being tried. */
export async function tryFeatures(connect: () => Promise<Session>, surface: Surface): Promise<Verdict[]> {
  let session: Session;
  try {
    session = await inTime(connect());
  } catch (cause) {
    return FEATURES.map(({ name }) => ({ feature: name, fault: `could not connect: ${String(cause)}` }));
  }
  const verdicts: Verdict[] = [];
  for (const feature of FEATURES) {
    const trial = feature.tryIt(session, surface);
    if (trial === undefined) verdicts.push({ feature: feature.name, fault: undefined, isOffered: false });
    else verdicts.push({ feature: feature.name, fault: await findFault(trial) });
  }
  await session.close();
  return verdicts;
}

async function findFault(trial: Promise<void>): Promise<string | undefined> {
  try {
    await inTime(trial);
    return undefined;
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
}

async function inTime<Value>(work: Promise<Value>): Promise<Value> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timeout = setTimeout(() => reject(new Error(`took longer than ${FEATURE_DEADLINE_MS} ms`)), FEATURE_DEADLINE_MS);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timeout);
  }
}
