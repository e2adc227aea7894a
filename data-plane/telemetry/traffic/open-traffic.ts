import { join } from 'node:path';
import { RedisKeys } from '../../../contract/redis-keys.ts';
import { systemClock } from '../../../foundation/clock.ts';
import type { Logger } from '../../../foundation/logger.ts';
import type { DataPlaneConfig } from '../../config.ts';
import { openReportingClient } from '../../snapshot/open-redis.ts';
import type { RoutedWorkspace } from '../../snapshot/routed-workspace.ts';
import { RedisTrafficStream } from './redis-traffic-stream.ts';
import { TrafficReporter } from './traffic-reporter.ts';
import { TrafficSender } from './traffic-sender.ts';
import { TrafficSpool } from './traffic-spool.ts';

/** What reporting interactions needs of the process. */
export interface TrafficOptions {
  readonly config: DataPlaneConfig;
  readonly processId: string;
  readonly findWorkspace: (slugOrId: string) => RoutedWorkspace | undefined;
  readonly logger: Logger;
}

/** Reports interactions until it is stopped. */
export interface OpenTraffic {
  readonly reporter: TrafficReporter;
  stop(): Promise<void>;
}

/** Undefined where nothing is to be reported. */
export function openTraffic({ config, processId, findWorkspace, logger }: TrafficOptions): OpenTraffic | undefined {
  const { isOn, maxSpoolBytes, maxStreamBytes } = config.traffic;
  if (!isOn) return undefined;
  const redis = openReportingClient(config.redis);
  const nowMs = () => systemClock.nowMs();
  const stream = new RedisTrafficStream(redis, new RedisKeys(config.gateway), maxStreamBytes);
  const spool = new TrafficSpool(join(config.stateDir, `${config.gateway}.traffic`), processId, Math.floor(maxSpoolBytes / config.workers));
  const reporter = new TrafficReporter({
    processId,
    makeSender: (onDropped) => new TrafficSender({ stream, spool, logger, nowMs, onDropped }),
    findWorkspace,
    nowMs,
  });
  return {
    reporter,
    async stop() {
      await reporter.stop();
      redis.disconnect();
    },
  };
}
