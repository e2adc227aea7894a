// The Redis-compatible server as a process of its own, so that its scripts never delay the supervisor's signals.
import { startRedis } from './redis.ts';

const redis = await startRedis({ password: process.env['SLUICE_LOCAL_REDIS_PASSWORD'] });
process.stdout.write(`${JSON.stringify({ event: 'listening', port: redis.port })}\n`);
process.once('SIGTERM', () => {
  void redis.stop().finally(() => process.exit(0));
});
