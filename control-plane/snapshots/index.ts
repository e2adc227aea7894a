export { GatewayReports } from './gateway-reports.ts';
export { openRedis, type RedisClient } from './open-redis.ts';
export { postgresOutbox } from './outbox.ts';
export { RedisSnapshotStore } from './redis-snapshot-store.ts';
export { readSnapshotFacts } from './snapshot-facts.ts';
export { SnapshotPublisher } from './snapshot-publisher.ts';
export { SnapshotStatusReader } from './snapshot-status.ts';
export { SnapshotResolver } from './snapshot.resolver.ts';
export { untilEnforced } from './until-enforced.ts';
