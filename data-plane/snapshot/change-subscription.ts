import type { RedisAddress } from '../../contract/redis-address.ts';
import { openSubscriberClient } from './open-redis.ts';

/** A subscription that is held until it is closed. */
export interface Subscription {
  close(): void;
}

/**
 * Calls back whenever something is published on a sharded channel, and whenever the connection is there (again), because of what
 * was missed. Notifications only save time: who relies on them polls as well.
 */
export function subscribeToChanges(address: RedisAddress, channel: string, onChange: () => void): Subscription {
  const client = openSubscriberClient(address);
  client.on('smessage', onChange);
  client.on('ready', () => {
    // A failure is a lost connection; the next one subscribes again.
    client.ssubscribe(channel).then(onChange, () => undefined);
  });
  return { close: () => client.disconnect() };
}
