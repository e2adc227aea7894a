import { runFixedRate } from './fixed-rate.ts';

export interface CallsMeanwhile {
  readonly calls: number;
  readonly failures: number;
  readonly longestMs: number;
}

/** Connections of the calls. */
const CONNECTIONS = 32;

/** Calls at a fixed rate, a second at a time, until something else is done. Rejects where that does. */
export async function callUntil(done: Promise<unknown>, port: number, request: Buffer, perSecond: number): Promise<CallsMeanwhile> {
  const state = { isOver: false };
  const end = done.finally(() => (state.isOver = true));
  end.catch(() => undefined); // awaited below, once the calls under way are answered
  let [calls, failures, longestMs] = [0, 0, 0];
  while (!state.isOver) {
    const result = await runFixedRate({ port, requests: [request], perSecond, seconds: 1, connections: CONNECTIONS });
    calls += result.offered;
    failures += result.failures;
    longestMs = Math.max(longestMs, result.maxMs);
  }
  await end;
  return { calls, failures, longestMs };
}
