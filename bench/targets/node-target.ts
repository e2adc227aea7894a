import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startChild, waitForOutput } from '../measure/child.ts';
import { onMeasuredCores } from '../measure/cpu-placement.ts';
import type { Target, UpstreamRoute } from './target.ts';

/** Starts one of the baselines that run on Node. */
export async function startNodeTarget(name: 'bare' | 'sdk', folder: string, routes: readonly UpstreamRoute[]): Promise<Target> {
  const routesFile = path.join(folder, `${name}-routes.json`);
  await writeFile(routesFile, JSON.stringify(routes));
  const entry = path.join(import.meta.dirname, `run-${name}-pass-through.ts`);
  const child = startChild(onMeasuredCores([process.execPath, entry, routesFile]), path.join(folder, `${name}.log`));
  const [, port] = await waitForOutput(child, /listening (\d+)/);
  return { name, port: Number(port), pids: [child.pid], stop: async () => void (await child.stop()) };
}
