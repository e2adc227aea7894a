import { Counter, Gauge, type Registry } from 'prom-client';
import type { TrafficReporter } from './traffic-reporter.ts';
import { DROP_REASONS } from './traffic-sender.ts';

/** Shows what becomes of events, read when it is scraped. */
export function addTrafficMetrics(registry: Registry, traffic: TrafficReporter): void {
  const { dropped, sender } = traffic;
  addCount(registry, 'sluice_traffic_events_total', 'Events that were made of interactions.', () => traffic.reported);
  addCount(registry, 'sluice_traffic_sent_total', 'Events that Redis took.', () => sender.sent);
  const lost = new Counter({
    name: 'sluice_traffic_dropped_total',
    help: 'Events that were lost, by reason (docs/design/traffic-delivery.md).',
    labelNames: ['reason'],
    registers: [registry],
    collect() {
      lost.reset();
      // Also those that never occurred: an increase from nothing is none to Prometheus, and the first loss would alert nobody.
      for (const reason of DROP_REASONS) lost.inc({ reason }, dropped.totals.get(reason) ?? 0);
    },
  });
  addGauge(registry, 'sluice_traffic_waiting', 'Events that wait in memory.', () => sender.waiting);
  addGauge(registry, 'sluice_traffic_spool_bytes', 'Bytes of events that wait on disk.', () => sender.spooledBytes);
}

function addCount(registry: Registry, name: string, help: string, read: () => number): void {
  const counter = new Counter({
    name,
    help,
    registers: [registry],
    collect() {
      counter.reset();
      counter.inc(read());
    },
  });
}

function addGauge(registry: Registry, name: string, help: string, read: () => number): void {
  const gauge = new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      gauge.set(read());
    },
  });
}
