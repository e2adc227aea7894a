import { Client } from 'pg';
import type { Clock } from '../../../foundation/clock.ts';
import type { Logger } from '../../../foundation/logger.ts';
import { dropTrafficPartitions, makeTrafficPartitions } from '../traffic-partitions.ts';

/** How long things are kept. */
export interface TrafficUpkeepOptions {
  readonly databaseUrl: string;
  /** Events, in milliseconds. */
  readonly retentionMs: number;
  /** Captured arguments and results, in milliseconds. */
  readonly payloadRetentionMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How often days are made and dropped, in milliseconds, and after a failure. */
const INTERVAL_MS = 3_600_000;
const FAILURE_MS = 60_000;

const DAY_MS = 86_400_000;

/** For how long days are made ahead, in milliseconds. */
const AHEAD_MS = 3 * DAY_MS;

/** How long dropping a day waits for those who read it, in milliseconds: everybody who comes later waits behind it. */
const LOCK_PATIENCE_MS = 2_000;

/** How long usage is kept at least, in days: as long as the API can be asked about. */
const USAGE_DAYS = 93;

/** How long entries that could not be read are kept, in days. */
const UNREADABLE_DAYS = 30;

/** Makes the days of the log ahead of time, and drops those whose time is over. Any number of control planes may do so. */
export class TrafficUpkeep {
  readonly #options: TrafficUpkeepOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(options: TrafficUpkeepOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#turn();
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#running;
    clearTimeout(this.#timer);
  }

  async #turn(): Promise<void> {
    let pauseMs = INTERVAL_MS;
    try {
      await this.run();
    } catch (cause) {
      this.#options.logger.warn({ event: 'traffic_upkeep_failed', err: cause });
      pauseMs = FAILURE_MS;
    }
    this.#timer = setTimeout(() => void (this.#running = this.#turn()), pauseMs);
    this.#timer.unref();
  }

  /** Makes and drops what is due. */
  async run(): Promise<void> {
    const { clock, databaseUrl, logger, payloadRetentionMs, retentionMs } = this.#options;
    const nowMs = clock.nowMs();
    const usageFromMs = nowMs - Math.max(retentionMs, USAGE_DAYS * DAY_MS);
    const client = new Client({ connectionString: databaseUrl, application_name: 'sluice-traffic-upkeep' });
    client.on('error', () => undefined); // shows in the statement under way
    await client.connect();
    try {
      await client.query(`SET lock_timeout = ${LOCK_PATIENCE_MS}`);
      await makeTrafficPartitions(client, nowMs, nowMs + AHEAD_MS);
      const dropped = [
        ...(await dropTrafficPartitions(client, 'traffic_events', nowMs - retentionMs)),
        ...(await dropTrafficPartitions(client, 'traffic_payloads', nowMs - payloadRetentionMs)),
        ...(await dropTrafficPartitions(client, 'traffic_usage', usageFromMs)),
      ];
      await client.query(`DELETE FROM traffic_unreadable WHERE received_at < now() - interval '${UNREADABLE_DAYS} days'`);
      if (dropped.length > 0) logger.info({ event: 'traffic_days_dropped', partitions: dropped });
    } finally {
      await client.end();
    }
  }
}
