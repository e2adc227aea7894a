import cluster from 'node:cluster';
import { openLogger, type Logger } from '../foundation/logger.ts';
import { CONFIG_EXIT_CODE, ConfigError } from '../foundation/read-config.ts';
import { createAdminServer, type AdminServerOptions } from './admin-server.ts';
import { readDataPlaneConfig, type DataPlaneConfig } from './config.ts';
import { startGatewayProcess } from './gateway-process.ts';
import { listen } from './server.ts';
import { answerMetricsQuestions, answerReadinessQuestions, WorkerPool } from './worker-pool.ts';

try {
  const config = readDataPlaneConfig(process.env);
  const logger = openLogger({ service: 'data-plane', level: config.logLevel });
  if (config.workers === 1) await runAlone(config, logger);
  else if (cluster.isPrimary) await runPrimary(config, logger);
  else await runWorker(config, logger);
} catch (cause) {
  if (!(cause instanceof ConfigError)) throw cause;
  process.stderr.write(`${cause.message}\n`);
  process.exit(CONFIG_EXIT_CODE);
}

async function runAlone(config: DataPlaneConfig, logger: Logger): Promise<void> {
  const gateway = await startGatewayProcess(config, logger, true);
  const admin = await openAdmin(config, {
    readiness: () => Promise.resolve(gateway.readiness()),
    metrics: () => gateway.metrics.registry.metrics(),
  });
  stopOnSignal(logger, async () => {
    await gateway.stop();
    admin.close();
  });
  logger.info({ event: 'listening', port: gateway.port, adminPort: admin.port });
}

async function runPrimary(config: DataPlaneConfig, logger: Logger): Promise<void> {
  const pool = new WorkerPool(logger);
  const port = await pool.start(config.workers);
  const admin = await openAdmin(config, { readiness: () => pool.readiness(), metrics: () => pool.metrics() });
  stopOnSignal(logger, async () => {
    await pool.stop();
    admin.close();
  });
  logger.info({ event: 'listening', port, adminPort: admin.port, workers: config.workers });
}

/** Of the workers only the first writes the last-good file: they all have the same snapshot. */
async function runWorker(config: DataPlaneConfig, logger: Logger): Promise<void> {
  const gateway = await startGatewayProcess(config, logger, cluster.worker?.id === 1);
  answerMetricsQuestions(gateway.metrics.registry);
  answerReadinessQuestions(() => gateway.readiness());
  stopOnSignal(logger, () => gateway.stop());
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
