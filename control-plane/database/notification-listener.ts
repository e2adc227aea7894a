import { Client } from 'pg';
import type { Logger } from '../../foundation/logger.ts';

/** Who follows a channel. */
export interface NotificationFollower {
  /** Somebody committed a notification; its text. */
  onNotification(text: string): void;
  /** Notifications may have been missed: the connection was lost for a while. */
  onGap(): void;
}

/** What a listener works with. */
export interface NotificationListenerParts {
  readonly databaseUrl: string;
  readonly logger: Logger;
}

const SHORTEST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
const CONNECT_TIMEOUT_MS = 5_000;

/**
 * Tells followers in this process what any control plane commits, over one connection of its own. It is opened with the first follower
 * and kept. When it breaks, it is opened again, and whoever follows is told that something may have been missed.
 */
export class NotificationListener {
  readonly #parts: NotificationListenerParts;
  readonly #followers = new Map<string, Set<NotificationFollower>>();
  #client: Client | undefined;
  #opening: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failures = 0;
  #isStopped = false;

  constructor(parts: NotificationListenerParts) {
    this.#parts = parts;
  }

  /**
   * Follows a channel from the moment in which the promise settles.
   * @param channel a name that this product chose, never a caller.
   * @returns what ends it.
   */
  async follow(channel: string, follower: NotificationFollower): Promise<() => void> {
    const known = this.#followers.get(channel);
    const followers = known ?? new Set();
    followers.add(follower);
    this.#followers.set(channel, followers);
    if (this.#client === undefined) await this.#open();
    else if (known === undefined) await this.#client.query(`LISTEN ${channel}`);
    return () => void followers.delete(follower);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#opening;
    await this.#client?.end().catch(() => undefined); // a broken connection has no other end
  }

  #open(): Promise<void> {
    this.#opening ??= this.#connect().finally(() => (this.#opening = undefined));
    return this.#opening;
  }

  async #connect(): Promise<void> {
    const client = new Client({
      connectionString: this.#parts.databaseUrl,
      application_name: 'sluice-listener',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
    });
    client.on('notification', ({ channel, payload }) => {
      for (const follower of this.#followers.get(channel) ?? []) follower.onNotification(payload ?? '');
    });
    client.on('error', (cause) => this.#lose(client, cause));
    client.on('end', () => this.#lose(client, undefined));
    try {
      await client.connect();
      for (const channel of this.#followers.keys()) await client.query(`LISTEN ${channel}`);
      this.#client = client;
      this.#failures = 0;
    } catch (cause) {
      this.#retry(cause);
      await client.end().catch(() => undefined); // nothing was opened
    }
  }

  #lose(client: Client, cause: unknown): void {
    if (this.#client !== client || this.#isStopped) return;
    this.#client = undefined;
    for (const followers of this.#followers.values()) for (const follower of followers) follower.onGap();
    this.#retry(cause);
  }

  #retry(cause: unknown): void {
    if (this.#isStopped) return;
    this.#failures += 1;
    this.#parts.logger.warn({ event: 'listener_failed', err: cause, failures: this.#failures }, 'listening failed and is tried again');
    const pauseMs = Math.min(SHORTEST_PAUSE_MS * 2 ** (this.#failures - 1), LONGEST_PAUSE_MS);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#open(), pauseMs).unref();
  }
}
