import 'reflect-metadata';
import { setFlagsFromString } from 'node:v8';
import type { Logger } from '../foundation/logger.ts';
import { openTelemetry, type Telemetry } from '../foundation/otlp/telemetry.ts';
import { productVersion } from '../foundation/product-version.ts';
import { CONFIG_EXIT_CODE, ConfigError } from '../foundation/read-config.ts';
import { readControlPlaneConfig, type ControlPlaneConfig } from './config.ts';
import { migrateDatabase } from './database/migrate-database.ts';
import { startControlPlane } from './start-control-plane.ts';

// The first snapshot is compiled from rows that stay, all of them. From that V8 learns that rows live long, and puts every row of every
// later query where only a full collection frees it.
setFlagsFromString('--no-allocation-site-pretenuring');

try {
  const config = readControlPlaneConfig(process.env);
  await run(config, openTelemetry({ service: 'control-plane', level: config.logLevel, version: productVersion, otlp: config.otlp }));
} catch (cause) {
  if (!(cause instanceof ConfigError)) throw cause;
  process.stderr.write(`${cause.message}\n`);
  process.exit(CONFIG_EXIT_CODE);
}

async function run(config: ControlPlaneConfig, telemetry: Telemetry): Promise<void> {
  const { logger } = telemetry;
  const ran = await migrateDatabase(config.databaseUrl);
  if (ran.length > 0) logger.info({ event: 'migrated', migrations: ran });
  const controlPlane = await startControlPlane(config, productVersion, logger, telemetry);
  stopOnSignal(logger, async () => {
    await controlPlane.stop();
    await telemetry.close();
  });
  logger.info({ event: 'listening', port: controlPlane.port, adminPort: controlPlane.adminPort });
}

/** The first signal stops in order; a second one stops at once. */
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
