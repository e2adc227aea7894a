// Starts a real PostgreSQL from the binaries that npm installed, for the local run and for tests. It listens on loopback
// only. The bundle carries an old OpenSSL, so it is not for production: there, DATABASE_URL names a server.
import { execFile, spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { access, chown, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { promisify } from 'node:util';
import { EmbeddedError } from './embedded-error.ts';
import { LogTail } from './log-tail.ts';
import { isPortFree, LOOPBACK, reserveFreePort } from './ports.ts';
import { preparePostgresBinaries, type PostgresBinaries, type ServerUser } from './postgres-binaries.ts';
import { prepareDataDirectory } from './postgres-data-directory.ts';
import { stopOrphan } from './postgres-orphan.ts';

export interface PostgresOptions {
  /** Created where it does not exist; found again where it does. */
  readonly dataDir: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Whether data survives a power cut. Tests say no and are several times faster. Default: yes. */
  readonly durable?: boolean;
  /** Set when the cluster is created and asked of every connection. Absent: every local program may connect, as tests do. */
  readonly password?: string;
  /** Default 100. */
  readonly maxConnections?: number;
  /** Hears each line of the server's log. */
  readonly onLog?: (line: string) => void;
}

export interface RunningPostgres {
  readonly port: number;
  /** Where the data is: below the wanted directory, or outside where `prepareDataDirectory` moved it. */
  readonly dataDir: string;
  /** Connects as the superuser to the database `postgres`. */
  readonly url: string;
  /** Resolves when the server has ended, asked or not, with what it wrote last. */
  readonly exited: Promise<{ readonly code: number | null; readonly log: string }>;
  /** Ends connections and writes everything down; data is safe. Resolves when the server is gone. */
  stop(): Promise<void>;
  /** Ends at once. The next start recovers from the log. */
  kill(): Promise<void>;
}

type GuardedChild = ChildProcessByStdio<Writable, null, Readable>;
type SpawnOptions = ServerUser & { readonly env: NodeJS.ProcessEnv; readonly cwd: string };

const USER = 'sluice';
/** Below the data directory, by major version: another one cannot read it. */
const CLUSTER = 'postgres-18';
const START_ATTEMPTS = 3;
const READY = 'ready to accept connections';
const FAST = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];
/** Nothing of our environment, which holds secrets; and English messages. */
const ENVIRONMENT = { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };

/**
 * Runs the server and passes on the signals named on standard input. When that ends, whoever started us is gone, be it by
 * SIGKILL, and the server is stopped: so it never outlives us.
 */
const GUARD = `
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
( while read -r signal <&3; do kill -s "$signal" "$server"; done; kill -s INT "$server" ) 2>/dev/null &
guard=$!
wait "$server"
status=$?
kill "$guard" 2>/dev/null
exit "$status"`;

/** @throws {EmbeddedError} saying what is missing or in the way. */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const binaries = await preparePostgresBinaries();
  const directory = await prepareDataDirectory(options.dataDir, binaries.user);
  const cluster = path.join(directory, CLUSTER);
  await stopOrphan(cluster);
  if (!(await exists(cluster))) await createCluster(binaries, cluster, options);
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await reserveFreePort());
    try {
      return await startServer(binaries, cluster, port, options);
    } catch (cause) {
      // Between choosing a free port and listening on it somebody else may have taken it.
      const wasTaken = options.port === undefined && !(await isPortFree(port));
      if (!wasTaken || attempt === START_ATTEMPTS) throw cause;
    }
  }
}

/** Created aside and renamed, so that a cluster that has its name is complete: a start may die in the middle. */
async function createCluster(binaries: PostgresBinaries, cluster: string, options: PostgresOptions): Promise<void> {
  const staging = `${cluster}.staging`;
  const passwordFile = `${cluster}.password`;
  const authentication = options.password === undefined ? ['--auth=trust'] : ['--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  const encoding = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const durability = options.durable === false ? ['--no-sync'] : [];
  try {
    await rm(staging, { recursive: true, force: true });
    if (options.password !== undefined) await writeFor(binaries.user, passwordFile, options.password);
    const args = ['-D', staging, '-U', USER, '--no-instructions', ...authentication, ...encoding, ...durability];
    await promisify(execFile)(toProgram(binaries, 'initdb'), args, { ...binaries.user, env: ENVIRONMENT, cwd: path.dirname(cluster) });
    await rename(staging, cluster);
  } catch (cause) {
    throw new EmbeddedError('initdb_failed', `The database could not be created in ${cluster}: ${toReason(cause)}`, cause);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

async function startServer(binaries: PostgresBinaries, cluster: string, port: number, options: PostgresOptions): Promise<RunningPostgres> {
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', `max_connections=${options.maxConnections ?? 100}`];
  if (options.durable === false) settings.push(...FAST);
  const args = ['-D', cluster, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  const child = spawnGuarded(toProgram(binaries, 'postgres'), args, { ...binaries.user, env: ENVIRONMENT, cwd: cluster });
  const log = new LogTail();
  const ready = new Promise<void>((resolve) => {
    log.follow(child.stderr, (line) => {
      options.onLog?.(line);
      if (line.endsWith(READY)) resolve();
    });
  });
  const exited = once(child, 'close').then(([code]: (number | null)[]) => ({ code: code ?? null, log: log.text() }));
  const ended = exited.then(
    (exit) => {
      throw new EmbeddedError('start_failed', `PostgreSQL ended before it was ready (exit code ${exit.code}):\n${exit.log}`);
    },
    (cause: unknown) => {
      throw new EmbeddedError('start_failed', `PostgreSQL could not be started: ${toReason(cause)}`, cause);
    },
  );
  await Promise.race([ready, ended]);
  ended.catch(() => undefined); // from here on the end is no failure to start: `exited` tells it
  const stopWith = async (signal: 'INT' | 'QUIT') => {
    signalGuarded(child, signal);
    await exited;
  };
  const secret = options.password === undefined ? '' : `:${encodeURIComponent(options.password)}`;
  const url = `postgresql://${USER}${secret}@${LOOPBACK}:${port}/postgres`;
  return { port, dataDir: cluster, url, exited, stop: () => stopWith('INT'), kill: () => stopWith('QUIT') };
}

/** A process group of its own: Ctrl-C in a terminal reaches the whole group, and the database must be the last to stop. */
function spawnGuarded(program: string, args: readonly string[], options: SpawnOptions): GuardedChild {
  const stdio: ['pipe', 'ignore', 'pipe'] = ['pipe', 'ignore', 'pipe'];
  const child =
    process.platform === 'win32'
      ? spawn(program, args, { ...options, stdio })
      : spawn('/bin/sh', ['-c', GUARD, 'sluice-postgres', program, ...args], { ...options, stdio, detached: true });
  child.stdin.on('error', () => undefined); // the server has ended: there is nobody left to tell
  return child;
}

function signalGuarded(child: GuardedChild, signal: 'INT' | 'QUIT'): void {
  if (process.platform === 'win32') child.kill();
  else child.stdin.write(`${signal}\n`);
}

function toProgram(binaries: PostgresBinaries, name: string): string {
  return path.join(binaries.directory, 'bin', name);
}

async function writeFor(user: ServerUser, file: string, text: string): Promise<void> {
  await rm(file, { force: true });
  await writeFile(file, `${text}\n`, { mode: 0o600, flag: 'wx' });
  if (user.uid !== undefined && user.gid !== undefined) await chown(file, user.uid, user.gid);
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/** What a program wrote before it failed says more than that it failed. */
function toReason(cause: unknown): string {
  if (cause instanceof Error && 'stderr' in cause && typeof cause.stderr === 'string' && cause.stderr !== '') return cause.stderr.trim();
  return cause instanceof Error ? cause.message : String(cause);
}
