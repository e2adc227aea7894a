import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import path from 'node:path';
import { reserveFreePort } from '../../embedded/ports.ts';
import { eventually } from '../support/eventually.ts';

/** A public server, as a process of its own. */
export interface Program {
  /** Without a path. */
  readonly origin: string;
  close(): Promise<void>;
}

const require = createRequire(import.meta.url);

/** A file of an installed package. */
export function findEntry(packageName: string, file: string): string {
  return path.join(path.dirname(require.resolve(`${packageName}/package.json`)), file);
}

/** Starts a program of a package on a free port, and resolves once it listens there. */
export async function startProgram(
  entry: string,
  toArguments: (port: string) => readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Program> {
  const port = await reserveFreePort();
  // A group of its own: bridges start the server behind them, and do not all take it with them.
  const child = spawn(process.execPath, [entry, ...toArguments(String(port))], {
    env: { PATH: path.dirname(process.execPath), PORT: String(port), ...env },
    stdio: 'ignore',
    detached: true,
  });
  const kill = () => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, 'SIGKILL');
  };
  process.once('exit', kill);
  const exited = once(child, 'exit');
  await eventually(() => connectOnce(port));
  return {
    origin: `http://127.0.0.1:${port}`,
    close: async () => {
      process.off('exit', kill);
      kill();
      await exited;
    },
  };
}

async function connectOnce(port: number): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1' });
  await once(socket, 'connect');
  socket.destroy();
}
