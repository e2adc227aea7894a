import { Client } from 'pg';
import type { Clock } from '../../../foundation/clock.ts';
import type { Logger } from '../../../foundation/logger.ts';
import { countUsage } from './count-usage.ts';

/** What counting usage needs. */
export interface UsageCountingOptions {
  readonly databaseUrl: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How often it is looked for hours that are over, in milliseconds. */
const INTERVAL_MS = 60_000;

/** Counts usage now and then. Any number of control planes may do so. */
export class UsageCounting {
  readonly #options: UsageCountingOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #isStopping = false;

  constructor(options: UsageCountingOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#turn();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#timer);
    await this.#running;
    clearTimeout(this.#timer);
  }

  async #turn(): Promise<void> {
    const { clock, databaseUrl, logger } = this.#options;
    const client = new Client({ connectionString: databaseUrl, application_name: 'sluice-traffic-usage' });
    client.on('error', () => undefined); // shows in the statement under way
    try {
      await client.connect();
      await countUsage(client, clock.nowMs(), () => !this.#isStopping);
    } catch (cause) {
      logger.warn({ event: 'traffic_usage_failed', err: cause });
    } finally {
      await client.end().catch(() => undefined); // it was broken already
    }
    this.#timer = setTimeout(() => void (this.#running = this.#turn()), INTERVAL_MS);
    this.#timer.unref();
  }
}
