import { createServer, type Server } from 'node:http';
import type { Registry } from 'prom-client';

/** What the operators' listener shows. */
export interface AdminServerOptions {
  readonly registry: Registry;
  /** Why the process should get no requests; undefined while it should. */
  readonly findUnreadiness: () => Promise<string | undefined>;
}

/** The operators' listener: `/healthz`, `/readyz` and `/metrics`. Not for the public: metrics tell what is used and how much. */
export class AdminServer {
  readonly #server: Server;

  constructor({ registry, findUnreadiness }: AdminServerOptions) {
    this.#server = createServer((req, res) => {
      const send = (status: number, type: string, text: string) => void res.writeHead(status, { 'content-type': type }).end(text);
      const answer = async () => {
        if (req.url === '/healthz') return send(200, 'application/json', '{"status":"ok"}');
        if (req.url === '/metrics') return send(200, registry.contentType, await registry.metrics());
        if (req.url !== '/readyz') return send(404, 'text/plain', 'Not found');
        const reason = await findUnreadiness();
        const report = JSON.stringify({ status: reason === undefined ? 'ready' : 'not ready', reason });
        send(reason === undefined ? 200 : 503, 'application/json', report);
      };
      answer().catch(() => send(500, 'text/plain', 'Not available')); // the next scrape asks again
    });
  }

  /** Starts to listen and returns the port, which the operating system chose if 0 was asked for. */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        const address = this.#server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}
