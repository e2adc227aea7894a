import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import type { SharedServices } from './shared-services.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where a test asks for the services that all of them share. */
    servicesOnDemand: string;
  }
}

/**
 * Services for the whole run, each started when the first test asks for it: workers are processes of their own, so they ask over
 * loopback, and a run of unit tests alone starts nothing.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  let services: SharedServices | undefined;
  const start = async (service: string | undefined): Promise<object> => {
    const module = await import('./shared-services.ts');
    services ??= new module.SharedServices();
    if (service === '/gateway') return services.gateway();
    return service === '/place' ? services.addPlace() : services.postgres();
  };
  const listener = createServer((request, response) => {
    start(request.url).then(
      (ready) => response.end(JSON.stringify(ready)),
      (cause: unknown) => response.writeHead(500).end(cause instanceof Error ? cause.stack : String(cause)),
    );
  });
  listener.listen(0, '127.0.0.1').unref();
  await once(listener, 'listening');
  project.provide('servicesOnDemand', `http://127.0.0.1:${(listener.address() as AddressInfo).port}`);
  return async () => {
    listener.close();
    listener.closeAllConnections();
    await services?.stop();
  };
}
