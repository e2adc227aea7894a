export { TRAFFIC_CHANNEL, writeTrafficEvents } from './ingest/write-events.ts';
export { openTrafficLog, type TrafficLog } from './open-traffic.ts';
export { toLoggedEvent, trafficColumns, type LoggedTrafficEvent, type TrafficColumn, type TrafficRow } from './traffic-columns.ts';
export { makeTrafficPartitions, type SqlRunner } from './traffic-partitions.ts';
export { countUsage } from './usage/count-usage.ts';
