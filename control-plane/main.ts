import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { openLogger, type Logger } from '../foundation/logger.ts';
import { CONFIG_EXIT_CODE, ConfigError } from '../foundation/read-config.ts';
import { readControlPlaneConfig, type ControlPlaneConfig } from './config.ts';
import { migrateDatabase } from './database/migrate-database.ts';
import { startControlPlane } from './start-control-plane.ts';

try {
  const config = readControlPlaneConfig(process.env);
  await run(config, openLogger({ service: 'control-plane', level: config.logLevel }));
} catch (cause) {
  if (!(cause instanceof ConfigError)) throw cause;
  process.stderr.write(`${cause.message}\n`);
  process.exit(CONFIG_EXIT_CODE);
}

async function run(config: ControlPlaneConfig, logger: Logger): Promise<void> {
  const ran = await migrateDatabase(config.databaseUrl);
  if (ran.length > 0) logger.info({ event: 'migrated', migrations: ran });
  const controlPlane = await startControlPlane(config, readVersion(), logger);
  stopOnSignal(logger, () => controlPlane.stop());
  logger.info({ event: 'listening', port: controlPlane.port });
}

/** The product's version, from the package that this file was built in. */
function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
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
