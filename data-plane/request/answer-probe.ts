import type { ServerResponse } from 'node:http';

/** What `/readyz` says of one process. */
export interface ReadinessReport {
  /** Whether the process should get requests: it has a snapshot and is not about to stop. */
  readonly isReady: boolean;
  readonly isDraining: boolean;
  /** The revision that decides requests; null before the first. */
  readonly revision: number | null;
  /** Seconds since Redis last confirmed that revision; null if it never did. */
  readonly ageSeconds: number | null;
  readonly source: 'REDIS' | 'LAST_GOOD_FILE' | null;
  /** The newest revision that was not applied, and the kind of its fault; null once it, or a later one, was. The log has the rest. */
  readonly refused: { readonly revision: number; readonly reason: string } | null;
}

/** `/healthz`: the process runs and answers. */
export function answerHealth(res: ServerResponse): void {
  answer(res, 200, { status: 'ok' });
}

/** `/readyz`: 200 while the process should get requests, else 503; the body says which revision it serves, how old it is, and which one it refuses. */
export function answerReadiness(res: ServerResponse, report: ReadinessReport): void {
  answer(res, report.isReady ? 200 : 503, report);
}

function answer(res: ServerResponse, status: number, body: object): void {
  res.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  res.end(JSON.stringify(body));
}
