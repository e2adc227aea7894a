import path from 'node:path';
import type { LocalSecrets } from './local-secrets.ts';

/** What the planes of a local run need to know of it. */
export interface Wiring {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly controlPlanePort: number;
  readonly dataPlanePort: number;
  readonly dataDir: string;
  readonly secrets: LocalSecrets;
}

/** Open streams may go on for this long after Ctrl-C; the person at the terminal is waiting. */
const SHUTDOWN_DEADLINE_SECONDS = 5;

/** The environment of both planes. What the person has set wins, except for the ports, which were settled before. */
export function toPlaneEnvironment(env: NodeJS.ProcessEnv, wiring: Wiring): NodeJS.ProcessEnv {
  return {
    SLUICE_ENCRYPTION_KEYS: wiring.secrets.encryptionKeys,
    SLUICE_BOOTSTRAP_ADMIN_KEY: wiring.secrets.bootstrapAdminKey,
    SLUICE_CONTROL_PLANE_URL: `http://127.0.0.1:${wiring.controlPlanePort}`,
    SLUICE_GATEWAY_URL: `http://127.0.0.1:${wiring.dataPlanePort}`,
    SLUICE_ADMIN_PORT: '0',
    SLUICE_STATE_DIR: path.join(wiring.dataDir, 'data-plane'),
    SLUICE_SHUTDOWN_DELAY_SECONDS: '0',
    SLUICE_SHUTDOWN_DEADLINE_SECONDS: String(SHUTDOWN_DEADLINE_SECONDS),
    ...withoutEmpty(env),
    DATABASE_URL: wiring.databaseUrl,
    REDIS_URL: wiring.redisUrl,
    SLUICE_CONTROL_PLANE_PORT: String(wiring.controlPlanePort),
    SLUICE_DATA_PLANE_PORT: String(wiring.dataPlanePort),
    // The sample server and everything else that is tried out on this machine is on loopback.
    SLUICE_EGRESS_ALLOW: [env['SLUICE_EGRESS_ALLOW'], 'loopback'].filter(Boolean).join(','),
  };
}

/** An empty variable counts as not set, here as in the planes. */
function withoutEmpty(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
}
