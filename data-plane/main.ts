import cluster from 'node:cluster';
import type { Logger } from '../foundation/logger.ts';
import { openTelemetry, type Telemetry } from '../foundation/otlp/telemetry.ts';
import { productVersion } from '../foundation/product-version.ts';
import { CONFIG_EXIT_CODE, ConfigError } from '../foundation/read-config.ts';
import { createAdminServer, type AdminServerOptions } from './admin-server.ts';
import { readDataPlaneConfig, type DataPlaneConfig } from './config.ts';
import { startGatewayProcess } from './gateway-process.ts';
import { listen } from './server.ts';
import { answerMetricsQuestions, answerReadinessQuestions, WorkerPool } from './worker-pool.ts';

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
  stopOnSignal(logger, async () => {
    await gateway.stop();
    admin.close();
    await telemetry.close();
  });
  logger.info({ event: 'listening', port: gateway.port, adminPort: admin.port });
}

async function runPrimary(config: DataPlaneConfig, telemetry: Telemetry): Promise<void> {
  const { logger } = telemetry;
  const pool = new WorkerPool(logger);
  const port = await pool.start(config.workers);
  const admin = await openAdmin(config, { readiness: () => pool.readiness(), metrics: () => pool.metrics() });
  stopOnSignal(logger, async () => {
    await pool.stop();
    admin.close();
    await telemetry.close();
  });
  logger.info({ event: 'listening', port, adminPort: admin.port, workers: config.workers });
}

/** Of the workers only the first writes the last-good file: they all have the same snapshot. */
async function runWorker(config: DataPlaneConfig, telemetry: Telemetry): Promise<void> {
  const gateway = await startGatewayProcess(config, telemetry, cluster.worker?.id === 1);
  answerMetricsQuestions(gateway.metrics.registry);
  answerReadinessQuestions(() => gateway.readiness());
  stopOnSignal(telemetry.logger, async () => {
    await gateway.stop();
    await telemetry.close();
  });
}

async function openAdmin(config: DataPlaneConfig, options: AdminServerOptions): Promise<{ port: number; close(): void }> {
  const server = createAdminServer(options);
  const port = await listen(server, config.adminHost, config.adminPort);
  return { port, close: () => void server.close() };
}

/** The first signal drains and stops; a second one stops at once. */
function stopOnSignal(logger: Logger, stop: () => Promise<void>): void {
  let isStopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (isStopping) process.exit(1);
    isStopping = true;
    logger.info({ event: 'stopping', signal });
    stop().then(
      () => process.exit(0),
      (cause: unknown) => {
        logger.error({ event: 'stop_failed', err: cause });
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}
