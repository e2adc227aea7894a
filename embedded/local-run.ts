import path from 'node:path';
import { ChildService, type ListeningLine } from './child-service.ts';
import { ControlPlaneClient } from './control-plane-client.ts';
import { createFirstWorld, updateSampleUrl, waitUntilEnforced, type FirstWorld } from './first-world.ts';
import { DATABASE_FOLDER, loadLocalSecrets, SECRETS_FILE, type LocalSecrets } from './local-secrets.ts';
import { loadLocalState, writeLocalState, type LocalState } from './local-state.ts';
import { LogFile } from './log-file.ts';
import type { StartOptions } from './options.ts';
import { toPlaneEnvironment } from './plane-environment.ts';
import { isPortFree, reserveFreePort } from './ports.ts';
import { startPostgres } from './postgres.ts';
import type { Progress } from './progress.ts';
import type { RunRecord } from './run-record.ts';
import { StartFault } from './start-fault.ts';
import { describeFirstStart, describeLaterStart, type Addresses } from './summary.ts';
import { Supervisor } from './supervisor.ts';

/** Whoever uses another one stops before it. */
const STOP_ORDER = ['data plane', 'control plane', 'sample server', 'Redis', 'PostgreSQL'] as const;
type ServiceName = (typeof STOP_ORDER)[number];

/** The data plane lets streams end; see `plane-environment.ts`. */
const STOP_TIMEOUT_MS = 10_000;

/** Everything that `npm start` starts, in order, until it works; and how it stops. */
export class LocalRun {
  readonly #options: StartOptions;
  readonly #env: NodeJS.ProcessEnv;
  readonly #record: RunRecord;
  readonly #progress: Progress;
  readonly #supervisor = new Supervisor(STOP_ORDER);
  #state: LocalState | undefined;

  constructor(options: StartOptions, env: NodeJS.ProcessEnv, record: RunRecord, progress: Progress) {
    this.#options = options;
    this.#env = env;
    this.#record = record;
    this.#progress = progress;
  }

  /** Resolves with one clear line once a service ends that nobody stopped. */
  get fallen(): Promise<string> {
    return this.#supervisor.fallen;
  }

  /** Resolves with what to tell the person at the terminal. */
  async start(): Promise<string> {
    const { dataDir } = this.#options;
    const ports = await this.#settlePorts();
    const secrets = await loadLocalSecrets(dataDir);
    const state = await this.#loadState();
    const [databaseUrl, redisUrl, sampleUrl] = await Promise.all([
      this.#startPostgres(secrets),
      this.#startRedis(secrets),
      this.#startSample(state),
    ]);
    const env = toPlaneEnvironment(this.#env, { ...ports, databaseUrl, redisUrl, dataDir, secrets });
    const [controlPlane, dataPlane] = await Promise.all([
      this.#startService('control plane', 'control-plane/main.js', env),
      this.#startService('data plane', 'data-plane/main.js', env),
    ]);
    const addresses = this.#toAddresses(env, controlPlane, dataPlane);
    const api = new ControlPlaneClient(addresses.graphqlUrl, env['SLUICE_BOOTSTRAP_ADMIN_KEY'] ?? '');
    if (state.isComplete) {
      await this.#progress.step('configuration', () => this.#refreshSample(api, state, sampleUrl));
      return describeLaterStart(addresses);
    }
    const world = await this.#progress.step(
      'first start',
      () => createFirstWorld(api, { startId: state.startId, sampleUrl }),
      () => 'created',
    );
    this.#state = toCompleteState(state, world);
    return describeFirstStart(addresses, world);
  }

  /** Called once what `start` returned was printed: until then a further start prints it again. */
  async noteShown(): Promise<void> {
    if (this.#state !== undefined) await writeLocalState(this.#options.dataDir, this.#state);
  }

  stop(): Promise<void> {
    return this.#supervisor.stop((name) => this.#progress.line(name, 'stopping'));
  }

  kill(): void {
    this.#supervisor.killAll();
  }

  async #settlePorts(): Promise<{ controlPlanePort: number; dataPlanePort: number }> {
    const settle = async (port: number, who: string, flag: string): Promise<number> => {
      if (port === 0) return reserveFreePort();
      if (await isPortFree(port)) return port;
      throw new StartFault(`Port ${port}, which the ${who} needs, is taken by another program. Choose another one with ${flag}.`);
    };
    return {
      controlPlanePort: await settle(this.#options.controlPlanePort, 'control plane', '--control-plane-port'),
      dataPlanePort: await settle(this.#options.dataPlanePort, 'data plane', '--data-plane-port'),
    };
  }

  /** The sample's port is chosen and written down before anything refers to it. */
  async #loadState(): Promise<LocalState> {
    const state = await loadLocalState(this.#options.dataDir);
    const wantsSample = state.isComplete ? state.sampleServerId !== undefined : !this.#options.isEmpty;
    const kept = state.samplePort !== undefined && (await isPortFree(state.samplePort)) ? state.samplePort : undefined;
    const settled = { ...state, samplePort: wantsSample ? (kept ?? (await reserveFreePort())) : undefined };
    await writeLocalState(this.#options.dataDir, settled);
    return settled;
  }

  async #startPostgres(secrets: LocalSecrets): Promise<string> {
    const external = this.#env['DATABASE_URL'];
    if (external !== undefined && external !== '') {
      this.#progress.line('PostgreSQL', 'the one of DATABASE_URL');
      return external;
    }
    const log = this.#openLog('PostgreSQL');
    const start = () =>
      startPostgres({
        dataDir: path.join(this.#options.dataDir, DATABASE_FOLDER),
        password: secrets.databasePassword,
        onLog: (line) => log.write(line),
      });
    const postgres = await this.#progress.step('PostgreSQL', start, ({ port }) => `ready on port ${port}`);
    const ended = postgres.exited.then(({ code, log: lastLines }) => ({ how: `exit code ${code}`, lastLines }));
    this.#supervisor.add({ name: 'PostgreSQL', ended, stop: () => postgres.stop(), kill: () => void postgres.kill() }, log.path);
    return postgres.url;
  }

  async #startRedis(secrets: LocalSecrets): Promise<string> {
    const external = this.#env['REDIS_URL'];
    if (external !== undefined && external !== '') {
      this.#progress.line('Redis', 'the one of REDIS_URL');
      return external;
    }
    const { port } = await this.#startService('Redis', 'embedded/redis-process.js', { SLUICE_LOCAL_REDIS_PASSWORD: secrets.redisPassword });
    return `redis://:${secrets.redisPassword}@127.0.0.1:${port}`;
  }

  async #startSample(state: LocalState): Promise<string | undefined> {
    if (state.samplePort === undefined) return undefined;
    const env = { SLUICE_SAMPLE_PORT: String(state.samplePort) };
    const { port } = await this.#startService('sample server', 'embedded/sample-server/main.js', env);
    return `http://127.0.0.1:${port}/mcp`;
  }

  /** Starts one of our programs and waits until it accepts connections. */
  async #startService(name: ServiceName, entry: string, env: NodeJS.ProcessEnv): Promise<ListeningLine> {
    const start = async (): Promise<ListeningLine> => {
      const log = this.#openLog(name);
      const service = this.#supervisor.add(new ChildService({ name, entry, env, log, stopTimeoutMs: STOP_TIMEOUT_MS }), log.path);
      if (service.pid !== undefined) await this.#record.addChild(service.pid);
      return service.listening();
    };
    return this.#progress.step(name, start, ({ port }) => `ready on port ${port}`);
  }

  /** Later starts: the sample may listen on another port than last time, or somebody may have deleted it from the hub. */
  async #refreshSample(api: ControlPlaneClient, state: LocalState, sampleUrl: string | undefined): Promise<void> {
    if (state.sampleServerId === undefined || sampleUrl === undefined) return;
    const isThere = await updateSampleUrl(api, state.sampleServerId, sampleUrl);
    if (!isThere) await writeLocalState(this.#options.dataDir, { ...state, sampleServerId: undefined, samplePort: undefined });
    await waitUntilEnforced(api);
  }

  #openLog(name: ServiceName): LogFile {
    return new LogFile(path.join(this.#options.dataDir, 'logs', `${name.toLowerCase().replaceAll(' ', '-')}.log`));
  }

  #toAddresses(env: NodeJS.ProcessEnv, controlPlane: ListeningLine, dataPlane: ListeningLine): Addresses {
    return {
      consoleUrl: `http://127.0.0.1:${controlPlane.port}/console/`,
      graphqlUrl: `http://127.0.0.1:${controlPlane.port}/graphql`,
      gatewayUrl: env['SLUICE_GATEWAY_URL'] ?? `http://127.0.0.1:${dataPlane.port}`,
      adminUrl: dataPlane.adminPort === undefined ? undefined : `http://127.0.0.1:${dataPlane.adminPort}`,
      logFolder: path.join(this.#options.dataDir, 'logs'),
      secretsFile: path.join(this.#options.dataDir, SECRETS_FILE),
    };
  }
}

function toCompleteState(state: LocalState, world: FirstWorld): LocalState {
  return { ...state, isComplete: true, sampleServerId: world.sample?.serverId };
}
