import { describeEnd } from './child-service.ts';
import type { Service } from './service.ts';

/** Keeps what was started together: when one ends unasked, or somebody asks, all of it stops, and only that. */
export class Supervisor {
  readonly #services = new Map<string, Service>();
  readonly #stopOrder: readonly string[];
  readonly #fallen = Promise.withResolvers<string>();
  #isStopping = false;

  /** @param stopOrder names of services: whoever uses another one stops before it. */
  constructor(stopOrder: readonly string[]) {
    this.#stopOrder = stopOrder;
  }

  /** Resolves with one clear line once a service ends that nobody stopped. */
  get fallen(): Promise<string> {
    return this.#fallen.promise;
  }

  add<Kind extends Service>(service: Kind, logPath?: string): Kind {
    this.#services.set(service.name, service);
    void service.ended.then((end) => {
      this.#services.delete(service.name);
      if (!this.#isStopping) this.#fallen.resolve(describeEnd(service, end, logPath));
    });
    if (this.#isStopping) service.kill(); // started while everything stops
    return service;
  }

  /** One after the other, so that a stream can end in order while what it needs still runs. */
  async stop(onStopping: (name: string) => void): Promise<void> {
    this.#isStopping = true;
    for (const name of this.#stopOrder) {
      const service = this.#services.get(name);
      if (service === undefined) continue;
      onStopping(name);
      await service.stop();
    }
  }

  /** For the one who cannot wait. What PostgreSQL has committed is safe: it recovers at the next start. */
  killAll(): void {
    this.#isStopping = true;
    for (const service of this.#services.values()) service.kill();
  }
}
