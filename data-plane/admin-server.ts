import type { Server } from 'node:http';
import { createServer } from '../foundation/node-http.ts';
import { answerHealth, answerReadiness, type ReadinessReport } from './request/answer-probe.ts';

/** What the operators' listener shows. */
export interface AdminServerOptions {
  readonly readiness: () => Promise<ReadinessReport>;
  /** The metrics in the Prometheus text format. */
  readonly metrics: () => Promise<string>;
}

/** The operators' listener: `/healthz`, `/readyz` and `/metrics`. Not for the public: metrics tell what is used and how much. */
export function createAdminServer(options: AdminServerOptions): Server {
  return createServer((req, res) => {
    if (req.url === '/healthz') return answerHealth(res);
    const answered =
      req.url === '/readyz'
        ? options.readiness().then((report) => answerReadiness(res, report))
        : req.url === '/metrics'
          ? options.metrics().then((text) => res.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text))
          : Promise.resolve(res.writeHead(404).end());
    answered.catch(() => res.writeHead(500).end()); // a worker that died while it was asked; the next scrape asks the others
  });
}
