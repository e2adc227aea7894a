// Loaded in front of each process that the local run starts. The channel to the parent closes when that ends, be it by
// SIGKILL: then this process ends too, in order, and by force where that takes too long.
import cluster from 'node:cluster';
import { isMainThread } from 'node:worker_threads';

const FORCE_AFTER_MS = 5_000;

// The workers of a cluster have a channel of their own, which tells them when to leave.
if (isMainThread && cluster.isPrimary && process.channel !== undefined) {
  process.once('disconnect', () => {
    setTimeout(() => process.exit(1), FORCE_AFTER_MS).unref();
    process.kill(process.pid, 'SIGTERM');
  });
  process.channel.unref();
}
