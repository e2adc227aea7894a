import { randomBytes } from 'node:crypto';
import { makeFolder, type BenchContext } from './bench-context.ts';
import type { Hub } from './hub/hub.ts';
import { SnapshotPublisher } from './hub/snapshot-publisher.ts';
import { TrafficDrain } from './hub/traffic-drain.ts';
import { startGateway, type Gateway } from './targets/gateway.ts';
import { startNginxProxy } from './targets/nginx-proxy.ts';
import { startNodeTarget } from './targets/node-target.ts';
import type { Target, TargetName, UpstreamRoute } from './targets/target.ts';

/** What a stage is set up for. */
export interface StageOptions {
  /** Unique in a run. */
  readonly name: string;
  readonly hub: Hub;
  /** Where the upstream is; this process is not measured. */
  readonly upstreamPort: number;
  /** Where the baselines send what comes in on a path. */
  readonly routes: readonly UpstreamRoute[];
  readonly targets: readonly TargetName[];
  readonly workers?: number;
}

/** Everything that stands between the load and the upstream for one row, fresh. */
export interface Stage {
  readonly publisher: SnapshotPublisher;
  readonly targets: readonly Target[];
  /** The gateway behind the target `sluice`, where there is one. */
  readonly gateway: Gateway | undefined;
  close(): Promise<void>;
}

/** Publishes the hub and starts the targets. */
export async function openStage(context: BenchContext, options: StageOptions): Promise<Stage> {
  const folder = await makeFolder(context, options.name);
  const publisher = new SnapshotPublisher(context.redisUrl, `bench-${randomBytes(4).toString('hex')}`, options.hub);
  await publisher.publish(options.hub.documents);
  let gateway: Gateway | undefined;
  const start = async (name: TargetName): Promise<Target> => {
    switch (name) {
      case 'direct':
        return { name, port: options.upstreamPort, pids: [], stop: () => Promise.resolve() };
      case 'nginx':
        return startNginxProxy(`${folder}/nginx`, options.routes);
      case 'bare':
      case 'sdk':
        return startNodeTarget(name, folder, options.routes);
      case 'sluice-silent':
      case 'sluice': {
        const { dataPlane, profileDir } = context.arguments;
        const shared = { redisUrl: context.redisUrl, gateway: publisher.gateway, hub: options.hub, dataPlane, profileDir };
        const isSilent = name === 'sluice-silent';
        const started = await startGateway({ ...shared, folder: `${folder}/${name}`, workers: options.workers, isSilent });
        if (!isSilent) gateway = started;
        return { name, port: started.port, pids: [started.child.pid], stop: () => started.stop() };
      }
    }
  };
  const drain = new TrafficDrain(context.redisUrl, publisher.gateway);
  const targets: Target[] = [];
  for (const name of options.targets) targets.push(await start(name));
  const close = async () => {
    await Promise.all(targets.map((target) => target.stop()));
    drain.stop();
    await publisher.close();
  };
  return { publisher, targets, gateway, close };
}

/** A target of a stage that was opened with it. */
export function findTarget(stage: Stage, name: TargetName): Target {
  const target = stage.targets.find((candidate) => candidate.name === name);
  if (target === undefined) throw new Error(`The stage has no target ${name}.`);
  return target;
}
