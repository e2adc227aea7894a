import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import type { SharedPostgres } from './shared-postgres.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Answers with {@link PostgresForTests} as JSON; the first request starts the server. */
    postgresOnDemand: string;
  }
}

/**
 * One PostgreSQL for the whole run, started when the first test asks for a database: workers are processes of their own, so
 * they ask over loopback, and a run of unit tests alone starts nothing.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  let postgres: SharedPostgres | undefined;
  const start = async () => {
    // Loaded on demand too: it brings the control plane's migrations with it.
    const module = await import('./shared-postgres.ts');
    postgres ??= new module.SharedPostgres();
    return postgres.start();
  };
  const listener = createServer((_request, response) => {
    start().then(
      (ready) => response.end(JSON.stringify(ready)),
      (cause: unknown) => response.writeHead(500).end(cause instanceof Error ? cause.stack : String(cause)),
    );
  });
  listener.listen(0, '127.0.0.1').unref();
  await once(listener, 'listening');
  project.provide('postgresOnDemand', `http://127.0.0.1:${(listener.address() as AddressInfo).port}`);
  return async () => {
    listener.close();
    listener.closeAllConnections();
    await postgres?.stop();
  };
}
