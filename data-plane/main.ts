import cluster from 'node:cluster';
import { openTelemetry, type Telemetry } from '../foundation/otlp/telemetry.ts';
import { productVersion } from '../foundation/product-version.ts';
import { CONFIG_EXIT_CODE, ConfigError } from '../foundation/read-config.ts';
import { createAdminServer, type AdminServerOptions } from './admin-server.ts';
import { readDataPlaneConfig, type DataPlaneConfig } from './config.ts';
import { startGatewayProcess } from './gateway-process.ts';
import { listen } from './server.ts';
import { stopOnSignal } from './stop-on-signal.ts';
import { answerMetricsQuestions, answerReadinessQuestions, stopWhenTold, WorkerPool } from './worker-pool.ts';

try {
  const config = readDataPlaneConfig(process.env);
  const telemetry = openTelemetry({ service: 'data-plane', level: config.logLevel, version: productVersion, otlp: config.otlp });
  if (config.workers === 1) await runAlone(config, telemetry);
  else if (cluster.isPrimary) await runPrimary(config, telemetry);
  else await runWorker(config, telemetry);
} catch (cause) {
  if (!(cause instanceof ConfigError)) throw cause;
  process.stderr.write(`${cause.message}\n`);
  process.exit(CONFIG_EXIT_CODE);
}

async function runAlone(config: DataPlaneConfig, telemetry: Telemetry): Promise<void> {
  const { logger } = telemetry;
  const gateway = await startGatewayProcess(config, telemetry, true);
  const admin = await openAdmin(config, {
    readiness: () => Promise.resolve(gateway.readiness()),
    metrics: () => gateway.metrics.registry.metrics(),
  });
  const stop = async (): Promise<void> => {
    await gateway.stop();
    admin.close();
    await telemetry.close();
  };
  stopOnSignal({ leave: () => gateway.leave(), stop }, config.shutdownDelayMs, logger);
  logger.info({ event: 'listening', port: gateway.port, adminPort: admin.port });
}

async function runPrimary(config: DataPlaneConfig, telemetry: Telemetry): Promise<void> {
  const { logger } = telemetry;
  const pool = new WorkerPool(logger);
  const port = await pool.start(config.workers);
  const admin = await openAdmin(config, { readiness: () => pool.readiness(), metrics: () => pool.metrics() });
  const stop = async (): Promise<void> => {
    await pool.stop();
    admin.close();
    await telemetry.close();
  };
  stopOnSignal({ leave: () => pool.leave(), stop }, config.shutdownDelayMs, logger);
  logger.info({ event: 'listening', port, adminPort: admin.port, workers: config.workers });
}

/** Of the workers only the first writes the last-good file: they all have the same snapshot. */
async function runWorker(config: DataPlaneConfig, telemetry: Telemetry): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => undefined); // the primary says when to stop
  const gateway = await startGatewayProcess(config, telemetry, cluster.worker?.id === 1);
  answerMetricsQuestions(gateway.metrics.registry);
  answerReadinessQuestions(() => gateway.readiness());
  const stop = async (): Promise<void> => {
    await gateway.stop();
    await telemetry.close();
  };
  stopWhenTold({ leave: () => gateway.leave(), stop }, telemetry.logger);
}

async function openAdmin(config: DataPlaneConfig, options: AdminServerOptions): Promise<{ port: number; close(): void }> {
  const server = createAdminServer(options);
  const port = await listen(server, config.adminHost, config.adminPort);
  return { port, close: () => void server.close() };
}
