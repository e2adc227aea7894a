import { startPassThrough } from './pass-through.ts';

export interface RoundRobin {
  readonly url: string;
  /** The origins that take turns. */
  setTargets(origins: readonly string[]): void;
  close(): Promise<void>;
}

/** A load balancer without affinity: each request goes to the next replica. */
export async function startRoundRobin(): Promise<RoundRobin> {
  let targets: readonly string[] = [];
  let turn = 0;
  const balancer = await startPassThrough(({ rawHeaders }) => {
    const origin = targets[turn++ % Math.max(1, targets.length)];
    return origin === undefined ? undefined : { origin, headers: rawHeaders };
  });
  return { url: balancer.origin, setTargets: (origins) => void (targets = origins), close: () => balancer.close() };
}
