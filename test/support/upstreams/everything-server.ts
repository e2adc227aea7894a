import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { reserveFreePort } from '../../../embedded/ports.ts';

export interface EverythingServer {
  /** The MCP endpoint: `/mcp` over Streamable HTTP, `/sse` over HTTP with SSE. */
  readonly url: string;
  close(): Promise<void>;
}

const START_DEADLINE_MS = 60_000;
const POLL_MS = 50;

/** The public reference server, a legacy one, as a process of its own. */
export async function startEverythingServer(transport: 'streamableHttp' | 'sse'): Promise<EverythingServer> {
  const port = await reserveFreePort();
  const manifest = createRequire(import.meta.url).resolve('@modelcontextprotocol/server-everything/package.json');
  const child = spawn(process.execPath, [path.join(path.dirname(manifest), 'dist/index.js'), transport], {
    env: { ...process.env, PORT: String(port) },
    stdio: 'ignore',
  });
  const gone = once(child, 'exit');
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const deadline = Date.now() + START_DEADLINE_MS;
  while (!(await isListening(port))) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`server-everything does not listen on ${port}`);
    await delay(POLL_MS);
  }
  return {
    url: `http://127.0.0.1:${port}/${transport === 'sse' ? 'sse' : 'mcp'}`,
    close: async () => {
      process.off('exit', kill);
      kill();
      await gone;
    },
  };
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => socket.destroy());
    socket.once('connect', () => socket.destroy());
  });
}
