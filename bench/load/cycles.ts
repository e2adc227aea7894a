import { findHeader, isSuccess, RawConnection, type RawAnswer } from './raw-connection.ts';
import { toLatencySummary } from './latencies.ts';
import type { LoopResult } from './wrk.ts';

/** One request of a cycle; it may need the session that an earlier answer of the cycle opened. */
export type CycleStep = (session: string | undefined) => Buffer;

/** A closed loop of cycles: each connection repeats the steps, one after the other. A request in the result is a whole cycle. */
export async function runCycles(port: number, steps: readonly CycleStep[], connections: number, seconds: number): Promise<LoopResult> {
  const latencies: number[] = [];
  let failures = 0;
  const startedAt = performance.now();
  const endAt = startedAt + seconds * 1_000;
  const work = async (): Promise<void> => {
    const connection = new RawConnection(port);
    while (performance.now() < endAt) {
      const cycleStartedAt = performance.now();
      if (await runCycle(connection, steps)) latencies.push(performance.now() - cycleStartedAt);
      else failures++;
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: connections }, work));
  const elapsed = (performance.now() - startedAt) / 1_000;
  return { requests: latencies.length, seconds: elapsed, failures, ...toLatencySummary(latencies) };
}

async function runCycle(connection: RawConnection, steps: readonly CycleStep[]): Promise<boolean> {
  let session: string | undefined;
  for (const step of steps) {
    const answer = await new Promise<RawAnswer | Error>((resolve) => connection.send(step(session), resolve));
    if (!isSuccess(answer)) return false;
    session ??= findHeader(answer.head, 'mcp-session-id');
  }
  return true;
}
