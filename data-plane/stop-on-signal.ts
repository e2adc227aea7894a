import type { Logger } from '../foundation/logger.ts';

/** What stops in two steps. */
export interface Stoppable {
  /** Is no longer ready, but goes on serving. */
  leave(): void;
  /** Takes nothing new, finishes what is under way and lets go of everything. */
  stop(): Promise<void>;
}

/**
 * SIGTERM: it leaves, and stops after a delay in milliseconds, in which load balancers notice. SIGINT comes from a person who waits, so
 * there is no delay. A further signal ends the delay; one while it stops ends the process at once.
 */
export function stopOnSignal(stoppable: Stoppable, delayMs: number, logger: Logger): void {
  let phase: 'serving' | 'leaving' | 'stopping' = 'serving';
  let delay: NodeJS.Timeout | undefined;
  const stop = (): void => {
    phase = 'stopping';
    clearTimeout(delay);
    exitAfter(stoppable.stop(), logger);
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    if (phase === 'stopping') process.exit(1);
    if (phase === 'leaving') return stop();
    phase = 'leaving';
    logger.info({ event: 'stopping', signal });
    stoppable.leave();
    if (signal === 'SIGTERM' && delayMs > 0) delay = setTimeout(stop, delayMs);
    else stop();
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

/** Ends the process once it has stopped. */
export function exitAfter(stopped: Promise<void>, logger: Logger): void {
  stopped.then(
    () => process.exit(0),
    (cause: unknown) => {
      logger.error({ event: 'stop_failed', err: cause });
      process.exit(1);
    },
  );
}
