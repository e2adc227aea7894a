import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Hub } from '../hub/hub.ts';
import { startChild, waitForOutput, type Child } from '../measure/child.ts';
import { onMeasuredCores } from '../measure/cpu-placement.ts';

export interface GatewaySettings {
  /** A folder for this process alone: its log, its state, its profile. */
  readonly folder: string;
  readonly redisUrl: string;
  readonly gateway: string;
  readonly hub: Hub;
  readonly dataPlane: string;
  readonly profileDir?: string | undefined;
  readonly workers?: number;
  /** 0 lets the operating system choose. */
  readonly port?: number;
  readonly adminPort?: number;
  /** Reports no events of its calls. */
  readonly isSilent?: boolean;
  /** How long it goes on serving after SIGTERM. Default 0. */
  readonly shutdownDelaySeconds?: number;
  /** Started without a core of its own, where more than one process is measured. */
  readonly isUnplaced?: boolean;
}

/** A data plane, running. */
export interface Gateway {
  readonly port: number;
  readonly adminPort: number;
  readonly child: Child;
  stop(): Promise<void>;
}

/** Starts a data plane as an operator does, with everything on: the access log goes to a file. Resolves once it listens. */
export async function startGateway(settings: GatewaySettings): Promise<Gateway> {
  const child = await spawnGateway(settings);
  const [line] = await waitForOutput(child, /^\{.*"event":"listening".*\}$/m);
  const { port, adminPort } = JSON.parse(line) as { port: number; adminPort: number };
  return { port, adminPort, child, stop: async () => void (await child.stop()) };
}

/** Starts the process and does not wait for it. */
export async function spawnGateway(settings: GatewaySettings): Promise<Child> {
  await mkdir(settings.folder, { recursive: true });
  const { profileDir, workers = 1 } = settings;
  const profile = profileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${path.resolve(profileDir)}`];
  // The inspector opens only when a row asks for it by SIGUSR1, and then on a free port. Workers would count up from it.
  const inspector = workers === 1 ? ['--inspect-port=0'] : [];
  const command = [process.execPath, '--enable-source-maps', ...inspector, ...profile, settings.dataPlane];
  return startChild(
    settings.isUnplaced === true ? command : onMeasuredCores(command, workers),
    path.join(settings.folder, 'gateway.log'),
    toEnvironment(settings, workers),
  );
}

function toEnvironment(settings: GatewaySettings, workers: number): Record<string, string> {
  return {
    REDIS_URL: settings.redisUrl,
    SLUICE_GATEWAY: settings.gateway,
    SLUICE_GATEWAY_URL: 'http://127.0.0.1',
    SLUICE_ENCRYPTION_KEYS: settings.hub.encryptionKeys,
    SLUICE_EGRESS_ALLOW: 'loopback',
    SLUICE_DATA_PLANE_PORT: String(settings.port ?? 0),
    SLUICE_ADMIN_PORT: String(settings.adminPort ?? 0),
    SLUICE_SHUTDOWN_DELAY_SECONDS: String(settings.shutdownDelaySeconds ?? 0),
    SLUICE_STATE_DIR: path.join(settings.folder, 'state'),
    SLUICE_WORKERS: String(workers),
    SLUICE_TRAFFIC: settings.isSilent === true ? 'off' : 'on',
  };
}
