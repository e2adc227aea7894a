import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { startChild, waitForOutput, type Child } from '../measure/child.ts';
import { onMeasuredCores } from '../measure/cpu-placement.ts';

export interface ControlPlaneSettings {
  readonly folder: string;
  readonly entry: string;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly gateway: string;
}

/** A control plane, running. */
export interface ControlPlaneTarget {
  readonly url: string;
  /** May do everything. */
  readonly adminKey: string;
  readonly child: Child;
  /** The first line of its log with an event. Waits until there is one. */
  waitForEvent(event: string): Promise<LoggedEvent>;
}

export interface LoggedEvent {
  readonly atMs: number;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Starts a control plane on the measured core. Resolves once it listens. */
export async function startControlPlane(settings: ControlPlaneSettings): Promise<ControlPlaneTarget> {
  const adminKey = randomBytes(32).toString('base64url');
  const command = onMeasuredCores([process.execPath, '--enable-source-maps', settings.entry]);
  const child = startChild(command, path.join(settings.folder, 'control-plane.log'), {
    NODE_ENV: 'production', // as in the image
    DATABASE_URL: settings.databaseUrl,
    REDIS_URL: settings.redisUrl,
    SLUICE_GATEWAY: settings.gateway,
    SLUICE_GATEWAY_URL: 'http://127.0.0.1',
    SLUICE_ENCRYPTION_KEYS: `bench:${randomBytes(32).toString('base64')}`,
    SLUICE_CONTROL_PLANE_URL: 'http://127.0.0.1',
    SLUICE_CONTROL_PLANE_PORT: '0',
    SLUICE_CAPABILITY_REFRESH_SECONDS: '0',
    SLUICE_BOOTSTRAP_ADMIN_KEY: adminKey,
  });
  const waitForEvent = async (event: string) => {
    const [line] = await waitForOutput(child, new RegExp(`^\\{.*"event":"${event}".*\\}$`, 'm'));
    const facts = JSON.parse(line) as Record<string, unknown>;
    return { atMs: Date.parse(String(facts['time'])), facts };
  };
  const { facts } = await waitForEvent('listening');
  return { url: `http://127.0.0.1:${String(facts['port'])}`, adminKey, child, waitForEvent };
}
