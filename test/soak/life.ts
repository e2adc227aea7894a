import { setTimeout as delay } from 'node:timers/promises';
import { Agent } from 'undici';
import { CLIENT_KINDS, type ClientKind, type Destination } from './clients.ts';

/** A server that clients use. */
export interface SoakServer extends Omit<Destination, 'key'> {
  readonly name: string;
  readonly tools: readonly string[];
  /** Whether it has a tool that asks its client something. */
  readonly asks?: boolean;
  /** Whether only clients that can do without sessions use it: then every session that it has is one of the gateway's own. */
  readonly isForModernOnly?: boolean;
}

/** What came of the clients so far. */
export interface Tally {
  lives: number;
  calls: number;
  crashes: number;
  /** What a client met that it should not have, by text. */
  readonly faults: Map<string, number>;
}

/** How many calls a client makes at most, and how long it thinks before each at most, in milliseconds. */
const MAX_CALLS = 6;
const MAX_THINKING_MS = 400;

/** How far a call gets at most until its client crashes, in milliseconds. */
const MAX_CRASH_MS = 60;

/** Every so many calls the client is asked something. */
const ASKED = 0.2;

/** Every so many lives end so: in good order with DELETE, in good order without, and else in a crash, most of them in the middle of a call. */
const GOODBYES = 0.2;
const DEPARTURES = 0.5;

/** Lives one client after the other until told to stop. */
export async function liveOn(servers: readonly SoakServer[], key: string, tally: Tally, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    const kind = pick(CLIENT_KINDS);
    const server = pick(servers.filter(({ isForModernOnly }) => kind.isModern || isForModernOnly !== true));
    const agent = new Agent();
    try {
      await live(kind, server, { url: server.url, key }, agent, tally);
    } catch (cause) {
      const fault = `${kind.name} on ${server.name}: ${String(cause).slice(0, 200)}`;
      tally.faults.set(fault, (tally.faults.get(fault) ?? 0) + 1);
    }
    await agent.destroy();
    tally.lives++;
  }
}

async function live(kind: ClientKind, server: SoakServer, destination: Destination, agent: Agent, tally: Tally): Promise<void> {
  const client = await kind.connect(destination, agent);
  for (let left = Math.ceil(Math.random() * MAX_CALLS); left > 0; left--) {
    await delay(Math.random() * MAX_THINKING_MS);
    if (server.asks === true && client.beAsked !== undefined && Math.random() < ASKED) await client.beAsked();
    else await client.call(pick(server.tools));
    tally.calls++;
  }
  const end = Math.random();
  if (end < GOODBYES) return client.goodbye();
  if (end < DEPARTURES) return client.leave();
  tally.crashes++;
  // In the middle of a call, and nobody is left to close the client.
  client.call(pick(server.tools)).catch(() => undefined);
  await delay(Math.random() * MAX_CRASH_MS);
  await agent.destroy();
}

function pick<Item>(items: readonly Item[]): Item {
  return items[Math.floor(Math.random() * items.length)]!;
}
