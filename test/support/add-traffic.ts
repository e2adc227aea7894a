import { Client } from 'pg';
import type { TrafficEvent } from '../../contract/traffic-event.ts';
import { makeTrafficPartitions, writeTrafficEvents } from '../../control-plane/traffic/index.ts';

/** Writes events into the log as the control plane does when data planes report them. */
export async function addTraffic(databaseUrl: string, events: readonly TrafficEvent[]): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const times = events.map(({ timeMs }) => timeMs);
  await makeTrafficPartitions(client, Math.min(...times), Math.max(...times));
  await client.query('BEGIN');
  await writeTrafficEvents(client, events);
  await client.query('COMMIT');
  await client.end();
}
