import cluster from 'node:cluster';
import { EventEmitter } from 'node:events';
import { afterEach, expect, it, vi } from 'vitest';
import { openLogger } from '../foundation/logger.ts';
import { WorkerPool } from './worker-pool.ts';

/** A worker whose channel closes before it exits. Like Node's, it tells of what it could not be sent to the callback, or to everybody. */
class EndingWorker extends EventEmitter {
  hasExited = false;
  isDead = () => this.hasExited;

  send(_: unknown, callback?: (failure: Error) => void): boolean {
    const failure = new Error('Channel closed');
    process.nextTick(() => (callback === undefined ? this.emit('error', failure) : callback(failure)));
    return false;
  }

  exit(): void {
    this.hasExited = true;
    this.emit('exit', 0, null);
  }
}

afterEach(() => void vi.restoreAllMocks());

it('a worker that ends just when it is asked is not ready, and stopping waits for its exit', async () => {
  const worker = new EndingWorker();
  vi.spyOn(cluster, 'fork').mockImplementation(() => {
    cluster.workers![1] = worker as never;
    process.nextTick(() => worker.emit('listening', { port: 1 }));
    return worker as never;
  });
  const pool = new WorkerPool(openLogger({ service: 'data-plane', level: 'silent' }));
  await pool.start(1);
  let hasStopped = false;
  const stopped = pool.stop().then(() => (hasStopped = true));
  expect((await pool.readiness()).isReady).toBe(false);
  expect(hasStopped).toBe(false);
  worker.exit();
  await stopped;
  // A second stop has nobody to wait for.
  await pool.stop();
});
