import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startPlane, type PlaneProcess } from './plane-process.ts';
import { startRoundRobin } from './round-robin.ts';

/** How a test reaches a gateway; plain data, so that it can travel to another process. */
export interface GatewayAddresses {
  /** The public URL of the data plane: a balancer without affinity in front of the replicas. */
  readonly url: string;
  readonly replicas: readonly ReplicaAddresses[];
  readonly controlPlaneUrl: string;
  /** The public URL of the control plane, by which browsers and clients know it: something in front of whichever one runs. */
  readonly issuer: string;
  /** May do everything, as automation that sets up a deployment does. */
  readonly adminKey: string;
}

export interface ReplicaAddresses {
  /** The replica itself, past the balancer. */
  readonly url: string;
  /** Probes and metrics. */
  readonly adminUrl: string;
}

export interface GatewayOptions {
  readonly databaseUrl: string;
  readonly redis: { readonly url: string; readonly gateway: string };
  /** How many data planes. Default 1. */
  readonly replicas?: number;
  /** The public URL of the control plane, where it is to have one that is not reached by itself. Default what is in front of it. */
  readonly issuer?: string;
  /** For every process, beyond what it needs to start. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface RunningGateway extends GatewayAddresses {
  readonly controlPlane: PlaneProcess;
  /** In the order of `replicas`. */
  readonly dataPlanes: readonly PlaneProcess[];
  /** Which replicas, by their URLs, the balancer sends requests to. At first all of them. */
  setReplicas(urls: readonly string[]): void;
  /** A control plane with the same settings, for example after the first one was stopped. It has another port. */
  startControlPlane(): Promise<PlaneProcess>;
  /** One more data plane, not behind the balancer. `stateDir` takes over the last good snapshot of another one. */
  startDataPlane(options?: { readonly stateDir?: string; readonly env?: Readonly<Record<string, string>> }): Promise<DataPlane>;
  /** Ends everything that was started here. */
  stop(): Promise<void>;
}

export interface DataPlane extends ReplicaAddresses {
  readonly process: PlaneProcess;
  readonly stateDir: string;
}

/** Where `npm run build` puts what it builds. */
export const DIST = path.resolve(import.meta.dirname, '../../dist');
const CONTROL_PLANE_ENTRY = path.join(DIST, 'control-plane/main.js');
/** What a test runs that wants a data plane without the rest. */
export const DATA_PLANE_ENTRY = path.join(DIST, 'data-plane/main.js');

/** Starts both planes as processes, from what `npm run build` has built. */
export async function startGateway(options: GatewayOptions): Promise<RunningGateway> {
  const state = await mkdtemp(path.join(tmpdir(), 'sluice-test-state-'));
  const [balancer, entrance] = await Promise.all([startRoundRobin(), startRoundRobin()]);
  const adminKey = randomBytes(32).toString('base64url');
  const shared = {
    REDIS_URL: options.redis.url,
    SLUICE_GATEWAY: options.redis.gateway,
    SLUICE_GATEWAY_URL: balancer.url,
    SLUICE_ENCRYPTION_KEYS: `test:${randomBytes(32).toString('base64')}`,
    SLUICE_EGRESS_ALLOW: 'loopback',
    SLUICE_SHUTDOWN_DELAY_SECONDS: '0',
    ...options.env,
  };
  const started: PlaneProcess[] = [];
  const start = async (entry: string, env: Readonly<Record<string, string>>) => {
    const plane = await startPlane(entry, env);
    started.push(plane);
    return plane;
  };
  const startControlPlane = async () => {
    const controlPlane = await start(CONTROL_PLANE_ENTRY, {
      ...shared,
      DATABASE_URL: options.databaseUrl,
      SLUICE_CONTROL_PLANE_URL: options.issuer ?? entrance.url,
      SLUICE_CONTROL_PLANE_PORT: '0',
      SLUICE_CONTROL_PLANE_ADMIN_PORT: '0',
      // Tests count what reaches their upstreams.
      SLUICE_CAPABILITY_REFRESH_SECONDS: '0',
      SLUICE_HEALTH_CHECK_SECONDS: '0',
      SLUICE_BOOTSTRAP_ADMIN_KEY: adminKey,
      ...options.env,
    });
    entrance.setTargets([`http://127.0.0.1:${controlPlane.port}`]);
    return controlPlane;
  };
  const startDataPlane: RunningGateway['startDataPlane'] = async (own = {}) => {
    const stateDir = own.stateDir ?? (await mkdtemp(path.join(state, 'data-plane-')));
    const ports = { SLUICE_DATA_PLANE_PORT: '0', SLUICE_ADMIN_PORT: '0' };
    const reached: Record<string, string> = options.issuer === undefined ? {} : { SLUICE_CONTROL_PLANE_URL: entrance.url };
    const process = await start(DATA_PLANE_ENTRY, { ...shared, ...ports, ...reached, SLUICE_STATE_DIR: stateDir, ...own.env });
    return { process, stateDir, url: `http://127.0.0.1:${process.port}`, adminUrl: `http://127.0.0.1:${process.adminPort}` };
  };
  const stop = async () => {
    await Promise.all([...started.map((plane) => plane.stop()), balancer.close(), entrance.close()]);
    await rm(state, { recursive: true, force: true });
  };
  try {
    const [controlPlane, ...dataPlanes] = await Promise.all([
      startControlPlane(),
      ...Array.from({ length: options.replicas ?? 1 }, () => startDataPlane()),
    ]);
    balancer.setTargets(dataPlanes.map((dataPlane) => dataPlane.url));
    return {
      url: balancer.url,
      replicas: dataPlanes.map(({ url, adminUrl }) => ({ url, adminUrl })),
      controlPlaneUrl: `http://127.0.0.1:${controlPlane.port}`,
      issuer: options.issuer ?? entrance.url,
      adminKey,
      controlPlane,
      dataPlanes: dataPlanes.map((dataPlane) => dataPlane.process),
      setReplicas: (urls) => balancer.setTargets(urls),
      startControlPlane,
      startDataPlane,
      stop,
    };
  } catch (cause) {
    await stop();
    throw cause;
  }
}
