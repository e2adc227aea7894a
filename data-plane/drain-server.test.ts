import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { eventually } from '../test/support/eventually.ts';
import { drainServer } from './drain-server.ts';
import { listen } from './server.ts';

it('a server that is drained ends at its deadline, also where connections came until the last moment and say nothing', async () => {
  const server = createServer();
  const port = await listen(server, '127.0.0.1', 0);
  const state = { isOver: false };
  const draining = drainServer(server, 1).then(() => void (state.isOver = true));
  const sockets: Socket[] = [];
  while (!state.isOver && sockets.length < 2_000) {
    sockets.push(connect(port, '127.0.0.1').on('error', () => undefined));
    await nextTurn();
  }
  await draining;
  expect(server.listening).toBe(false);
  await eventually(() => Promise.resolve(expect(sockets.filter(({ closed }) => !closed)).toEqual([])));
}, 10_000);
